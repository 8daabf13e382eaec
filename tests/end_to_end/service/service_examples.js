// @ts-self-types="./service_examples.d.ts"
/**
 * The JavaScript examples of the OpenRouter service's document, unchanged but for the address. What they
 * print is for the caller, and so is the name `console`.
 *
 * @module
 */

export async function completeExample(address, console) {
  // Standard completion
  const response = await fetch(`${address}/api/v1/inference`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      model: "openai/gpt-4o",
      messages: [
        { role: "user", content: "Hello, world!" },
      ],
      temperature: 0.7,
      max_tokens: 100,
    }),
  });

  const data = await response.json();
  console.log(data.choices[0].message.content);
}

export async function streamExample(address, console) {
  // Streaming completion
  const response = await fetch(`${address}/api/v1/inference/stream`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      model: "openai/gpt-4o",
      messages: [
        { role: "user", content: "Tell me a story" },
      ],
      temperature: 0.7,
      max_tokens: 500,
      stream: true,
    }),
  });

  const reader = response.body.getReader();
  const decoder = new TextDecoder();

  while (true) {
    const { done, value } = await reader.read();
    if (done) break;

    const chunk = decoder.decode(value);
    const lines = chunk.split("\n");

    for (const line of lines) {
      if (line.startsWith("data: ")) {
        const data = line.slice(6);
        if (data === "[DONE]") break;

        try {
          const parsed = JSON.parse(data);
          if (parsed.choices?.[0]?.delta?.content) {
            console.log(parsed.choices[0].delta.content);
          }
          // deno-lint-ignore no-unused-vars -- The example's own.
        } catch (e) {
          // Ignore invalid JSON
        }
      }
    }
  }
}
