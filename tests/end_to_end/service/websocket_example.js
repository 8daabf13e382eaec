// @ts-self-types="./websocket_example.d.ts"
/**
 * The WebSocket example of the OpenRouter service's document, unchanged but for the address. What it
 * prints is for the caller, and so is the name `console`.
 *
 * @module
 */

export function webSocketExample(address, console) {
  const ws = new WebSocket(`${address}/ws`);

  ws.onopen = () => {
    // Send inference request
    ws.send(JSON.stringify({
      type: "inference_request",
      id: "req-123",
      data: {
        model: "openai/gpt-4o",
        messages: [
          { role: "user", content: "Hello, world!" },
        ],
        temperature: 0.7,
      },
    }));
  };

  ws.onmessage = (event) => {
    const message = JSON.parse(event.data);

    switch (message.type) {
      case "inference_response":
        if (message.data.content) {
          console.log(message.data.content);
        }
        if (message.data.finish_reason) {
          console.log("Finished:", message.data.finish_reason);
        }
        break;

      case "error":
        console.error("Error:", message.error.message);
        break;

      case "heartbeat":
        console.log("Heartbeat received");
        break;
    }
  };

  ws.onclose = () => {
    console.log("WebSocket connection closed");
  };

  return ws;
}
