/** Makes kinds of providers of the presets. */

import * as z from "zod";
import type { Provider } from "../../core/provider/provider.ts";
import { credentialsOf } from "../account/account_keys.ts";
import {
  accountOptions,
  accountVariables,
  isOn,
  keySettingOf,
  reasonOf,
} from "../account/account_options.ts";
import { addressOf, type ApiAddress } from "../compatible/address.ts";
import { describeCompatible } from "../compatible/describe.ts";
import { anyFormatsOption, type ChatFormatName } from "../spoken_formats.ts";
import type { ProviderKind } from "../provider_kind.ts";
import type { Preset } from "./preset.ts";
import { PRESETS } from "./presets.ts";

type PresetOptions = ReturnType<typeof optionsOf>;

type PresetKinds = Readonly<Record<keyof typeof PRESETS, ProviderKind<PresetOptions>>>;

/** In the order of the table, whose names they have. */
export const PRESET_KINDS = Object.fromEntries(
  Object.entries<Preset>(PRESETS).map(([name, preset]) =>
    [name, presetKind(name, preset)] as const
  ),
) as PresetKinds;

export function isPreset(name: string): boolean {
  return Object.hasOwn(PRESETS, name);
}

/** What they read of the environment: many, so that they are told of in a document of their own. */
export const PRESET_VARIABLES: ReadonlySet<string> = new Set(
  Object.values(PRESET_KINDS).flatMap(({ variables }) => variables.map(([name]) => name)),
);

function presetKind(name: string, preset: Preset): ProviderKind<PresetOptions> {
  const prefix = prefixOf(name, preset);
  const { title, baseUrl: known, formats = ["chat"] } = preset;
  return {
    options: optionsOf(title, known, formats),
    variables: [...accountVariables(prefix), [`${prefix}_FORMATS`, "formats", "list"]],
    create: (given) => {
      const baseUrl = given.baseUrl ?? known;
      // A key alone does not say where a server of one's own is.
      if (!isOn(given) || baseUrl === undefined) return [];
      return [describePreset(name, preset, given, baseUrl)];
    },
  };
}

function optionsOf(
  title: string,
  baseUrl: string | undefined,
  formats: readonly ChatFormatName[],
) {
  return z.strictObject({
    ...accountOptions(title, baseUrl),
    formats: anyFormatsOption(formats),
  }).prefault({});
}

function describePreset(
  name: string,
  preset: Preset,
  options: z.output<PresetOptions>,
  baseUrl: string,
): Provider {
  const prefix = prefixOf(name, preset);
  const address = addressOf({ baseUrl, ...placeOf(preset) });
  return describeCompatible({
    name,
    address,
    messagesAddress: messagesAddressOf(preset, address),
    credentials: credentialsOf(options),
    reason: reasonOf(prefix, preset.baseUrl === undefined ? { baseUrl } : options),
    keySetting: keySettingOf(prefix, `upstreams.${name}`, options),
    formats: options.formats,
    others: preset.others,
    list: preset.list,
    rules: preset.rules,
    quirks: preset.quirks,
    acceptsStreamUsage: preset.acceptsStreamUsage,
    routingSuffixes: preset.routingSuffixes,
  });
}

/** The beginning of its variables' names. */
export function prefixOf(name: string, { prefix }: Preset): string {
  return prefix ?? name.toUpperCase();
}

/** Where the API lies below a host: as with the known address, which may have no version in its path. */
function placeOf({ baseUrl }: Preset): { readonly root?: string; readonly apiPath?: string } {
  if (baseUrl === undefined) return {};
  const { pathname } = new URL(baseUrl);
  return pathname === "/" ? { apiPath: "" } : { root: pathname };
}

function messagesAddressOf(
  { messagesPath }: Preset,
  { baseUrl }: ApiAddress,
): ApiAddress | undefined {
  if (messagesPath === undefined) return undefined;
  return addressOf({ baseUrl: new URL(baseUrl).origin, apiPath: messagesPath });
}
