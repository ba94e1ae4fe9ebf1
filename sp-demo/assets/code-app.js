// A code app in a browser: how an app speaks docs/integrate/app.md. The key is made here, cannot be exported, and stays in this browser.
"use strict";

const page = document.getElementById("app");
const say = (key) => page.dataset[key] ?? key;
const issuer = page.dataset.issuer;
const text = new TextEncoder();
const ECDSA = { name: "ECDSA", namedCurve: "P-256" };

// ---- what is kept: the key pair and what the house called this device

function shelf() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("code-app", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("kept");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function ask(mode, act) {
  const store = (await shelf()).transaction("kept", mode).objectStore("kept");
  return new Promise((resolve, reject) => {
    const asked = act(store);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

const kept = () => ask("readonly", (store) => store.get("device"));
const keep = (device) => ask("readwrite", (store) => store.put(device, "device"));
const forget = () => ask("readwrite", (store) => store.delete("device"));

// ---- what is said to the house, by way of this server

function base64url(bytes) {
  const binary = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function signed(key, lines) {
  const message = text.encode(lines.join("\n"));
  return base64url(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, message));
}

async function post(act, body) {
  const answer = await fetch(`/app/api/${act}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "Accept-Language": page.lang },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (said.errors) {
    throw Object.assign(new Error(said.errors[0].text), { code: said.errors[0].code });
  }
  return said;
}

async function bind(handover, name) {
  const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign"]);
  const public_key = base64url(await crypto.subtle.exportKey("raw", pair.publicKey));
  const digits = handover.replaceAll(/[ -]/g, "");
  const signature = await signed(pair.privateKey, ["nogle-app-bind-1", issuer, digits, public_key]);
  const bound = await post("bind", { handover: digits, name, public_key, signature });
  await keep({ app: bound.app, name: bound.name, usable_at: bound.usable_at, key: pair.privateKey });
}

async function poll(device) {
  const time = String(Math.floor(Date.now() / 1000));
  const signature = await signed(device.key, ["nogle-app-poll-1", issuer, device.app, time]);
  return post("poll", { app: device.app, time, signature });
}

async function answer(device, question, decision, number) {
  const { id, party, purpose } = question;
  const lines = ["nogle-app-answer-1", issuer, device.app, id, party.id, party.name, purpose, decision, number];
  const signature = await signed(device.key, lines);
  return post("answer", { app: device.app, question: id, decision, number, signature });
}

// ---- what is shown

const part = (id) => document.getElementById(id);
let asked = null;

function show(id) {
  for (const one of ["bind", "idle", "question"]) {
    part(one).hidden = one !== id;
  }
}

function tell(words) {
  part("told").textContent = words;
}

async function look() {
  const device = await kept();
  if (!device) {
    show("bind");
    return;
  }
  try {
    const { name, usable_at, question } = await poll(device);
    part("device").textContent = name;
    const waits = new Date(usable_at) > new Date();
    part("state").textContent = waits ? `${say("waits")} ${new Date(usable_at).toLocaleString(page.lang)}` : say("ready");
    if (question && question.id === asked?.id) {
      return;
    }
    asked = question;
    if (question) {
      part("party").textContent = question.party.name;
      part("purpose").textContent = say(question.purpose);
      part("number").value = "";
      tell("");
    }
    show(question ? "question" : "idle");
  } catch (error) {
    tell(error.message);
    if (error.code === "app.unknown") {
      await forget();
      show("bind");
    }
  }
}

async function decide(decision) {
  const number = decision === "approve" ? part("number").value.trim() : "";
  try {
    const said = await answer(await kept(), asked, decision, number);
    tell(say(said.answer));
  } catch (error) {
    tell(error.message);
    if (error.code === "app.number") {
      return;
    }
  }
  asked = null;
  show("idle");
}

part("bind").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await bind(part("handover").value, part("name").value);
    tell("");
    await look();
  } catch (error) {
    tell(error.message);
  }
});
part("question").addEventListener("submit", (event) => {
  event.preventDefault();
  decide("approve");
});
part("reject").addEventListener("click", () => decide("reject"));
part("forget").addEventListener("click", async () => {
  await forget();
  show("bind");
});
look();
setInterval(look, 3000);
