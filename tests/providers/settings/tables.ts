/** All variables of providers that are tried in the process. */

import { ACCOUNT_SETTINGS } from "./accounts.ts";
import { AWS_SETTINGS } from "./aws.ts";
import { CLOUD_SETTINGS } from "./clouds.ts";
import { OWN_SETTINGS } from "./own.ts";
import type { SettingTable } from "./setting.ts";

export const SETTING_TABLES: readonly SettingTable[] = [
  ...ACCOUNT_SETTINGS,
  ...OWN_SETTINGS,
  ...CLOUD_SETTINGS,
  ...AWS_SETTINGS,
];

export const TRIED_VARIABLES: readonly string[] = SETTING_TABLES.flatMap(({ settings }) =>
  Object.keys(settings)
);
