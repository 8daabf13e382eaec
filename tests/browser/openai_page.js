/** What a page that uses the SDK imports, as a bundler makes one file of it. */
export { default } from "openai";
