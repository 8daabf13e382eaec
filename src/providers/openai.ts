/** OpenAI. */

import * as z from "zod";
import type { HeaderList } from "../core/provider/transport.ts";
import { openaiChatFor } from "../formats/openai_chat/mod.ts";
import { accountOptions, headerText, isOn, keySettingOf, reasonOf } from "./account_options.ts";
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
    ["OPENAI_API_KEY", "apiKey"],
    ["OPENAI_BASE_URL", "baseUrl"],
    ["OPENAI_ORGANIZATION", "organization"],
    ["OPENAI_PROJECT", "project"],
    ["OPENAI_FORMATS", "formats", "list"],
  ],
  create: (options) => {
    if (!isOn(options)) return [];
    const { apiKey, baseUrl = BASE_URL, organization, project, formats } = options;
    const headers: HeaderList = [
      ...(organization === undefined ? [] : [["openai-organization", organization]] as const),
      ...(project === undefined ? [] : [["openai-project", project]] as const),
    ];
    const reason = reasonOf("OPENAI", options);
    const keySetting = keySettingOf("OPENAI", "upstreams.openai");
    const chat = formatsOf(formats, CHAT);
    const style = { name: "openai", baseUrl, apiKey, reason, keySetting, headers, chat };
    const provider = openaiStyle(style);
    return [{ ...provider, hasClosedList: true, answerHeaders: ANSWER_HEADERS }];
  },
};
