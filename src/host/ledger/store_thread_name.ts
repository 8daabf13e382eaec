/** By which the program knows that a thread of it is the ledger's. */
export const STORE_THREAD_NAME = "weir-ledger";
