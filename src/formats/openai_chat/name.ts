/** Name of the format, and the mark on everything that only it has a word for. */
export const NAME = "openai_chat";
