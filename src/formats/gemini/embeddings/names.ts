/** The names of the formats of embeddings, one for each method: their bodies differ. */

export const ONE = "gemini_embed_content";
export const BATCH = "gemini_batch_embed_contents";
