/** What the clients ask for: a tool, an image. */

export const WEATHER = {
  name: "get_weather",
  description: "The weather in a city",
  input_schema: {
    type: "object" as const,
    properties: { city: { type: "string" } },
    required: ["city"],
  },
};

/** A PNG of one pixel. */
export const IMAGE =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** What the stand-in says of it. */
export const IMAGE_TEXT = `image/png of ${IMAGE.length} characters`;
