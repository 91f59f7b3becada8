# SPDX-License-Identifier: Apache-2.0
# cmake -DDIST=DIR -DOUT=FILE.c -P embed.cmake: the dashboard's built files as arrays of
# C, each under a name with its content's hash, so that it may be kept for ever. They are
# compressed by the server, once, when it starts.
function(embed name file type)
	file(READ ${DIST}/${file} hex HEX)
	file(SHA256 ${DIST}/${file} hash)
	string(SUBSTRING ${hash} 0 16 hash)
	get_filename_component(base ${file} NAME_WE)
	get_filename_component(extension ${file} LAST_EXT)
	string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
	string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)"
		"\\1\n" bytes "${bytes}")
	string(APPEND arrays "static const unsigned char ${name}[] = {\n${bytes}};\n")
	string(APPEND paths "const char drp_web_${name}_path[] = \"/assets/${base}-${hash}${extension}\";\n")
	string(APPEND rows "	{drp_web_${name}_path, \"${type}\", ${name}, sizeof ${name}, 1},\n")
	set(arrays "${arrays}" PARENT_SCOPE)
	set(paths "${paths}" PARENT_SCOPE)
	set(rows "${rows}" PARENT_SCOPE)
endfunction()

embed(script app.js "text/javascript; charset=utf-8")
embed(style app.css "text/css; charset=utf-8")
embed(icon icon.svg "image/svg+xml")
file(WRITE ${OUT} "/* Made by hub/web/embed.cmake. */
#include \"hub/pages/web_assets.h\"

${arrays}
${paths}
const struct drp_hub_file drp_web_files[] = {
${rows}};
const size_t drp_web_n_files = sizeof drp_web_files / sizeof drp_web_files[0];
")
