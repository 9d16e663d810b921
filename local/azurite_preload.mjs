// Loaded into Azurite before it starts (local/azurite.py).
import { createRequire } from "node:module";

// Stop as by SIGTERM, which flushes, when the parent dies and its pipe ends.
const input = process.stdin.resume().on("end", () => process.kill(process.pid, "SIGTERM"));
process.once("SIGTERM", () => input.destroy());

// A blob's name may hold characters that XML cannot. Azurite answers 500 to each listing of its container then. Azure
// marks such a name in the listing (<Name Encoded="true">, percent-encoded); so does this.
const { Builder } = createRequire(process.argv[1])("xml2js");
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const everyNotXml = new RegExp(notXml.source, "g");

function prepare(value, key) {
  if (typeof value === "string" && notXml.test(value)) {
    return key === "Name"
      ? { $: { Encoded: "true" }, _: encodeURIComponent(value.toWellFormed()) }
      : value.replace(everyNotXml, " ");
  }
  if (Array.isArray(value)) return value.map((item) => prepare(item, key));
  if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, prepare(item, name)]));
  }
  return value;
}

const build = Builder.prototype.buildObject;
Builder.prototype.buildObject = function (root) {
  return build.call(this, prepare(root, ""));
};

// Azure gets and sets a blob's index tags only if its ETag is the expected one (x-ms-blob-if-match, since service
// version 2026-02-06). Azurite passes over that header; so this compares before.
const require = createRequire(process.argv[1]);
const { default: BlobStore } = require("./blob/persistence/LokiBlobMetadataStore.js");
const { default: Errors } = require("./blob/errors/StorageErrorFactory.js");

for (const operation of ["getBlobTag", "setBlobTag"]) {
  const work = BlobStore.prototype[operation];
  BlobStore.prototype[operation] = async function (context, account, container, blob, snapshot, ...others) {
    const expected = context.request.getHeader("x-ms-blob-if-match");
    if (expected !== undefined && expected !== "*") {
      const found = await this.getBlobWithLeaseUpdated(account, container, blob, snapshot, context, true, true);
      if (found.properties.etag !== expected) throw Errors.getConditionNotMet(context.contextId);
    }
    return work.call(this, context, account, container, blob, snapshot, ...others);
  };
}
