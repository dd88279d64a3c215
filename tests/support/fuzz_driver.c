/*
 * tests/support/fuzz_driver.c: runs a fuzz target over a corpus where libFuzzer is not linked.
 *
 * Arguments are files and folders (read one level deep). The empty input always runs. So every
 * corpus is a test in every build, with gcc as well.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs_run;

/* The buffer has exactly the size of the input, so that sanitizers see a read past its end. */
static void run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct stat st;
	if (file == NULL || fstat(fileno(file), &st) != 0 || !S_ISREG(st.st_mode)) {
		perror(path);
		exit(1);
	}
	size_t size = (size_t)st.st_size;
	uint8_t *data = malloc(size + (size == 0));
	if (data == NULL || fread(data, 1, size, file) != size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	inputs_run++;
}

static void run_folder(const char *path)
{
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, NULL, alphasort);
	if (n < 0) {
		perror(path);
		exit(1);
	}
	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			char file[4096];
			if ((size_t)snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name) >= sizeof file) {
				fprintf(stderr, "%s: path too long\n", path);
				exit(1);
			}
			fprintf(stderr, "%s\n", file); /* the last one printed is the one that failed */
			run_file(file);
		}
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	uint8_t nothing = 0;
	LLVMFuzzerTestOneInput(&nothing, 0);
	for (int i = 1; i < argc; i++) {
		struct stat st;
		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			run_folder(argv[i]);
		else
			run_file(argv[i]);
	}
	printf("%zu inputs, 0 failed\n", inputs_run);
	return 0;
}
