/** The name of OpenAI's embeddings among the formats. */
export const NAME = "openai_embeddings";
