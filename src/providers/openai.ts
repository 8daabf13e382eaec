/** OpenAI. */

import * as z from "zod";
import type { HeaderList } from "../core/provider/transport.ts";
import { openaiChatFor } from "../formats/openai_chat/mod.ts";
import { credentialsOf } from "./account/account_keys.ts";
import {
  accountOptions,
  accountVariables,
  headerText,
  isOn,
  keySettingOf,
  reasonOf,
} from "./account/account_options.ts";
import { openaiStyle } from "./openai_style.ts";
import type { ProviderKind } from "./provider_kind.ts";
import { formatsOf, formatsOption } from "./spoken_formats.ts";

const BASE_URL = "https://api.openai.com/v1";
/** It refuses what it does not document. */
const CHAT = openaiChatFor("openai");
/** What Codex reads of its limits, its model and its session. */
const ANSWER_HEADERS = /^(?:openai-model|x-codex-.+|x-models-etag|x-reasoning-included)$/;

const options = z.strictObject({
  ...accountOptions("OpenAI", BASE_URL),
  organization: headerText.optional().describe("Sent as `OpenAI-Organization`."),
  project: headerText.optional().describe("Sent as `OpenAI-Project`."),
  formats: formatsOption(["chat", "responses"]),
}).prefault({});

/** @see {@link https://platform.openai.com/docs/api-reference} */
export const openai: ProviderKind<typeof options> = {
  options,
  variables: [
    ...accountVariables("OPENAI"),
    ["OPENAI_ORGANIZATION", "organization"],
    ["OPENAI_PROJECT", "project"],
    ["OPENAI_FORMATS", "formats", "list"],
  ],
  create: (options) => {
    if (!isOn(options)) return [];
    const { baseUrl = BASE_URL, organization, project, formats } = options;
    const headers: HeaderList = [
      ...(organization === undefined ? [] : [["openai-organization", organization]] as const),
      ...(project === undefined ? [] : [["openai-project", project]] as const),
    ];
    const reason = reasonOf("OPENAI", options);
    const keySetting = keySettingOf("OPENAI", "upstreams.openai", options);
    const chat = formatsOf(formats, CHAT);
    const credentials = credentialsOf(options);
    const style = { name: "openai", baseUrl, credentials, reason, keySetting, headers, chat };
    const provider = openaiStyle(style);
    return [{ ...provider, hasClosedList: true, answerHeaders: ANSWER_HEADERS }];
  },
};
