/** The names of Ollama's formats. Errors are the same in all of them, and bear the name of chats. */

export const NAME = "ollama_chat";
export const GENERATE_NAME = "ollama_generate";
export const EMBED_NAME = "ollama_embed";
/** Its older endpoint, which takes one text. */
export const EMBEDDINGS_NAME = "ollama_embeddings";
