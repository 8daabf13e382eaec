/** All variables of providers that are tried in the process. */

import { AWS_SETTINGS } from "./aws.ts";
import { CLOUD_SETTINGS } from "./clouds.ts";
import type { SettingTable } from "./setting.ts";

export const SETTING_TABLES: readonly SettingTable[] = [...CLOUD_SETTINGS, ...AWS_SETTINGS];
