/* SPDX-License-Identifier: Apache-2.0
 *
 * Stands in for libFuzzer: runs every file of the named folders once, and the empty
 * input. A folder without files is an error, so that a corpus cannot get lost.
 */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <string.h>

#define INPUT_MAX_BYTES (1024 * 1024)

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file) {
		fprintf(stderr, "%s cannot be opened\n", path);
		return -1;
	}
	uint8_t *whole = malloc(INPUT_MAX_BYTES);
	size_t n = whole ? fread(whole, 1, INPUT_MAX_BYTES, file) : 0;
	fclose(file);
	uint8_t *exact = malloc(n ? n : 1); /* so that a read beyond the end is noticed */
	if (!whole || !exact) {
		free(whole);
		free(exact);
		return -1;
	}
	memcpy(exact, whole, n);
	free(whole);
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

static int run_folder(const char *folder)
{
	char path[4096];
	int n = 0;
	DIR *dir = opendir(folder);
	if (!dir) {
		fprintf(stderr, "%s cannot be opened\n", folder);
		return -1;
	}
	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.') {
			continue;
		}
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		if (run_file(path)) {
			n = -1;
			break;
		}
		n++;
	}
	closedir(dir);
	return n;
}

int main(int argc, char **argv)
{
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		int n = run_folder(argv[i]);
		if (n <= 0) {
			fprintf(stderr, "%s: no input was run\n", argv[i]);
			return 1;
		}
		printf("%s: %d inputs\n", argv[i], n);
	}
	return argc < 2;
}
