/** The format's name, by which its seals, citations and native parts are known. */

export const NAME = "bedrock_converse";
