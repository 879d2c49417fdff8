// Another's HPKE, asked line by line: {"suite", "do": "seal" | "open", "key", "info", "data"}, all
// bytes in hexadecimal; answers {"data"} or {"error"}.
import { createInterface } from "node:readline";
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";

const suites = new Map(
  [[1, new DhkemX25519HkdfSha256()], [2, new XWing()]].map(([number, kem]) => [
    number,
    new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Chacha20Poly1305() }),
  ]),
);
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex")).buffer;
const hex = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part))).toString("hex");

async function answer({ suite: number, do: what, key, info, data }) {
  const suite = suites.get(number);
  if (what === "seal") {
    const recipientPublicKey = await suite.kem.deserializePublicKey(bytes(key));
    const { enc, ct } = await suite.seal({ recipientPublicKey, info: bytes(info) }, bytes(data));
    return { data: hex(enc, ct) };
  }
  const recipientKey = await suite.kem.deserializePrivateKey(bytes(key));
  const sealed = bytes(data);
  const [enc, ct] = [sealed.slice(0, suite.kem.encSize), sealed.slice(suite.kem.encSize)];
  return { data: hex(await suite.open({ recipientKey, info: bytes(info), enc }, ct)) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(JSON.parse(line)).catch((error) => ({ error: String(error) }));
  console.log(JSON.stringify(said));
}
