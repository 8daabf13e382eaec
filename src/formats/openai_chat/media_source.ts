/**
 * Images, sounds and files by address or inline, as `data:` addresses.
 *
 * @module
 */

import type { MediaSource } from "../../core/chat/chat.ts";

const BASE64_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/** Where a URL leads; one that holds its content is inline. */
export function sourceOfUrl(url: string): MediaSource {
  const [head, mediaType] = BASE64_URL.exec(url.slice(0, MAX_HEAD_CHARACTERS)) ?? [];
  return head === undefined || mediaType === undefined || mediaType === ""
    ? { type: "url", url }
    : { type: "inline", mediaType, data: url.slice(head.length) };
}

/** The URL of what is inline. */
export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

/** More than any media type with its parameters. */
const MAX_HEAD_CHARACTERS = 512;
