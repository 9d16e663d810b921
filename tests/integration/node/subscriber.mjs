// A webhook in Node, as a downstream system would write it: events are read with Event Grid's own package.
// Prints {"endpoint"} when it serves, then each event as one JSON line; ends when its stdin does.
import { createServer } from "node:http";
import { EventGridDeserializer } from "@azure/eventgrid";

const deserializer = new EventGridDeserializer();

// CloudEvents, HTTP 1.1 Web Hooks for Event Delivery, section 4: the sender asks before it sends.
function permit(request, response) {
  const origin = request.headers["webhook-request-origin"];
  if (origin !== "eventgrid.azure.net") return response.writeHead(403).end();
  response.writeHead(200, { "WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*" }).end();
}

async function receive(request, response) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let events;
  try {
    events = await deserializer.deserializeCloudEvents(Buffer.concat(chunks).toString("utf8"));
  } catch (error) {
    console.error(`refused a delivery: ${error.name}`);
    return response.writeHead(400).end();
  }
  for (const event of events) console.log(JSON.stringify(event));
  response.writeHead(200).end();
}

const server = createServer((request, response) => {
  if (request.method === "OPTIONS") return permit(request, response);
  if (request.method === "POST") return receive(request, response);
  response.writeHead(405).end();
});
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ endpoint: `http://127.0.0.1:${server.address().port}/events` }));
});
process.stdin.resume().on("end", () => process.exit(0));
