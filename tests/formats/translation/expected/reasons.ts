/** Why something is left out although the other format has a word for it, where that is often the same. */

/** The words are the same, and each format means its own by them. */
export const NOBODY_ELSE = "What is unknown means something to its own API alone";
export const UNKNOWN = "What is unknown means something to the clients of its own API alone";

export const OWN_ACCOUNT = "It belongs to an account with the other provider";
export const OWN_TOOLS =
  "Each provider runs tools of its own, with settings and answers of its own";
export const HELD_ELSEWHERE = "The file is not where the call goes";

export const MARKS =
  "OpenAI and most others cache without being asked, and Weir cannot know which model takes OpenAI's newer word for marks";
export const ONE_MARK = "The vocabulary has marks on parts alone";
export const OPENAIS =
  "It means something to OpenAI alone, and others may refuse what they do not know";

export const SEALS = "Nobody but its issuer can read or check it";
export const NO_REASONING = "OpenAI takes no reasoning back in chat";

export const FEW_EFFORTS =
  "Few models take such words and the others refuse them, so that those few alone are told";
export const OLLAMAS = "An Ollama alone knows it, and others may refuse what they do not know";
export const OLLAMA_COUNTS_NONE = "Ollama counts none apart: they are among the others";
