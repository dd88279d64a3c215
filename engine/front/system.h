/*
 * engine/front/system.h: relations whose rows are made when they are read: schema weir, pg_catalog, information_schema.
 */
#ifndef WEIR_ENGINE_FRONT_SYSTEM_H
#define WEIR_ENGINE_FRONT_SYSTEM_H

/* Registers them with the catalog; once per process, before the first engine. */
void system_register(void);

#endif
