/*
 * engine/front/backup.h: weir backup FILE.db TO.db.
 */
#ifndef WEIR_ENGINE_FRONT_BACKUP_H
#define WEIR_ENGINE_FRONT_BACKUP_H

#include "engine/front/command.h"

int backup_main(const Command *c);

#endif
