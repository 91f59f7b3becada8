/* SPDX-License-Identifier: Apache-2.0
 *
 * The dashboard's script, style and icon, in the program itself. Made of hub/web/dist by
 * hub/web/embed.cmake.
 */
#ifndef DRP_HUB_WEB_ASSETS_H
#define DRP_HUB_WEB_ASSETS_H

#include "hub/http/http.h"

extern const struct drp_hub_file drp_web_files[];
extern const size_t drp_web_n_files;

/* Their addresses, each with its content's hash. */
extern const char drp_web_script_path[], drp_web_style_path[], drp_web_icon_path[];

#endif
