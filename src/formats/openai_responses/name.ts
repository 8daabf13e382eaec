/** Name of the format, and the mark on everything that only it has a word for. */
export const NAME = "openai_responses";

/** The issuer of what Weir itself writes into an envelope. */
export const WEIR = "weir";
