/**
 * Commands a Stream Manager show, and hears what happens to it.
 *
 * `rest` is typed by the service's own description (OpenAPI). `connect` opens the WebSocket, which stays: where it is
 * lost it comes again, and goes on with the event after the last one that was heard. A command that was under way then is
 * sent again under its key, so that it is carried out once.
 */
import createClient, { type Client } from "openapi-fetch";
import WebSocket from "ws";
import type { components } from "./protocol.js";
import type { paths } from "./rest.js";

export type { paths } from "./rest.js";
export type { components } from "./protocol.js";

type Schemas = components["schemas"];
/** What the service says. */
export type Message = Schemas["Message"];
/** One kind of it. */
export type MessageOf<T extends Message["type"]> = Extract<Message, { type: T }>;
/** Something to be done to the show. */
export type Command = Schemas["Command"];
/** What to be told of. */
export type Topic = Schemas["Topic"];

export interface Options {
  /** Where REST is: what the environment has as `STREAM_MANAGER_URL`, or `http://127.0.0.1:4200`. */
  url?: string;
  /** Where the WebSocket is: `STREAM_MANAGER_WS_URL`, or the port after that of `url`. */
  wsUrl?: string;
  /** What the service has as `API_TOKEN`; `STREAM_MANAGER_TOKEN` where left out. */
  token?: string;
  /** Who you are: events, the log and the history of edits have it. */
  client?: string;
}

/** What the service refuses, as a problem document (RFC 9457). */
export class Refused extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    super(problem.field ? `${problem.field}: ${problem.detail}` : problem.detail);
  }
}

/** Milliseconds without a word after which a connection is given up. */
const SILENCE = 10_000;

interface Waiting {
  text: string;
  done: (answer: MessageOf<"answer">) => void;
  failed: (reason: Error) => void;
}

export class StreamManager {
  /** Every operation of REST, typed. */
  readonly rest: Client<paths>;
  #options: Options & { url: string; wsUrl: string };

  constructor(options: Options = {}) {
    const { STREAM_MANAGER_URL, STREAM_MANAGER_WS_URL, STREAM_MANAGER_TOKEN } = process.env;
    const url = (options.url ?? STREAM_MANAGER_URL ?? "http://127.0.0.1:4200").replace(/\/$/, "");
    const { hostname, port, protocol } = new URL(url);
    const next = `${protocol === "https:" ? "wss" : "ws"}://${hostname}:${Number(port || "4200") + 1}/ws`;
    const token = options.token ?? STREAM_MANAGER_TOKEN;
    const wsUrl = options.wsUrl ?? STREAM_MANAGER_WS_URL ?? next;
    this.#options = { ...options, url, wsUrl, ...(token === undefined ? {} : { token }) };
    this.rest = createClient<paths>({ baseUrl: url, headers: this.#headers() });
  }

  #headers(): Record<string, string> {
    const { token, client } = this.#options;
    return {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(client === undefined ? {} : { "stream-client": client }),
    };
  }

  /** Opens the WebSocket. */
  async connect(): Promise<Connection> {
    const connection = new Connection(this.#options.wsUrl, this.#headers());
    await connection.opened;
    return connection;
  }
}

/** A WebSocket that stays. */
export class Connection {
  /** Fulfilled when the service has said hello for the first time. */
  readonly opened: Promise<void>;
  #socket: WebSocket | undefined;
  #connecting: WebSocket | undefined;
  #wasOpen = false;
  #closed = false;
  #waiting = new Map<string, Waiting>();
  #listeners = new Set<(message: Message) => void>();
  /** Wake those that wait for an event. */
  #wakers = new Set<() => void>();
  #topics: Topic[] | undefined;
  #count = 0;
  /** This connection's keys are told apart from those of others. */
  #name = Math.random().toString(36).slice(2);
  /** The number of the last command that all has been heard of. */
  #heard: number | undefined;
  /** The last event that was heard: the number of its command, and which part of it. */
  #last: [number, number] = [0, 0];

  constructor(readonly url: string, readonly headers: Record<string, string>) {
    this.opened = new Promise((opened, failed) => this.#open(opened, failed));
  }

  #open(opened: () => void, failed: (reason: Error) => void): void {
    const after = this.#heard === undefined ? "" : `?after=${this.#heard}`;
    const socket = new WebSocket(this.url + after, { headers: this.headers });
    this.#connecting = socket;
    let reason = new Error("the service closed the connection");
    let said = Date.now();
    // A link may be dead without a word: who is asked and says nothing for long is not there.
    const watch = setInterval(() => {
      if (Date.now() - said > SILENCE) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, SILENCE / 4);
    socket.on("error", (error) => (reason = error));
    socket.on("pong", () => (said = Date.now()));
    socket.on("message", (data) => {
      said = Date.now();
      const message = JSON.parse(String(data)) as Message;
      if (message.type === "hello") {
        this.#socket = socket;
        if (this.#topics) socket.send(JSON.stringify({ subscribe: this.#topics }));
        // What was under way is sent again; the service knows its key.
        for (const { text } of this.#waiting.values()) socket.send(text);
        opened();
        opened = failed = () => {};
      }
      this.#hear(message);
    });
    // It comes after every error as well.
    socket.on("close", () => {
      clearInterval(watch);
      const first = this.#socket === undefined && !this.#wasOpen;
      this.#wasOpen ||= this.#socket !== undefined;
      this.#socket = undefined;
      if (first) return failed(reason);
      setTimeout(() => this.#closed || this.#open(() => {}, () => {}), 250 + 500 * Math.random());
    });
  }

  #hear(message: Message): void {
    if (message.type === "snapshot") {
      this.#heard = message.sequence;
      this.#last = [message.sequence, Infinity];
    }
    if (message.type === "event") {
      // Of a command that was cut off the first parts come again.
      const [sequence, part] = [message.sequence, message.part ?? 1];
      if (sequence < this.#last[0] || (sequence === this.#last[0] && part <= this.#last[1])) return;
      this.#last = [sequence, part];
    }
    // Only with its last event has a command been heard whole.
    if (message.type === "event" && (message.part ?? 1) === (message.parts ?? 1)) this.#heard = message.sequence;
    if (message.type === "answer") {
      const id = String(message.id);
      this.#waiting.get(id)?.done(message);
      this.#waiting.delete(id);
    }
    for (const listener of this.#listeners) listener(message);
  }

  #ask(request: Record<string, unknown>): Promise<MessageOf<"answer">> {
    if (this.#closed) return Promise.reject(new Error("the connection is closed"));
    const id = `${this.#name}-${++this.#count}`;
    return new Promise((fulfil, reject) => {
      const text = JSON.stringify({ ...request, id, ...("command" in request && { key: request["key"] ?? id }) });
      const done = (answer: MessageOf<"answer">) =>
        answer.ok ? fulfil(answer) : reject(new Refused(answer.problem as Schemas["Problem"]));
      this.#waiting.set(id, { text, done, failed: reject });
      this.#socket?.send(text);
    });
  }

  /** Carries a command out: once, however often the connection is lost. Throws `Refused`. */
  command(command: Command, options: { key?: string; dryRun?: boolean } = {}): Promise<MessageOf<"answer">> {
    return this.#ask({ command, ...options });
  }

  /** Says what to be told of from now on; at first it is all but `meters`. */
  async subscribe(...topics: Topic[]): Promise<void> {
    this.#topics = topics;
    await this.#ask({ subscribe: topics });
  }

  /** Calls `listener` with every message from now on; gives a function that ends it. */
  listen(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The events from now on. */
  events(): AsyncGenerator<MessageOf<"event">> {
    const heard: MessageOf<"event">[] = [];
    let woken = () => {};
    const wake = () => woken();
    const stop = this.listen((message) => {
      if (message.type !== "event") return;
      heard.push(message);
      wake();
    });
    this.#wakers.add(wake);
    const next = async function* (isClosed: () => boolean, end: () => void) {
      try {
        while (!isClosed()) {
          const event = heard.shift();
          if (event) yield event;
          else await new Promise<void>((fulfil) => (woken = fulfil));
        }
      } finally {
        end();
      }
    };
    return next(() => this.#closed, () => {
      stop();
      this.#wakers.delete(wake);
    });
  }

  /** Gives the connection up, as a network would; it comes again. */
  drop(): void {
    this.#socket?.terminate();
  }

  /** Ends it; what has not been answered is rejected. */
  close(): void {
    this.#closed = true;
    this.#connecting?.terminate();
    for (const { failed } of this.#waiting.values()) failed(new Error("the connection is closed"));
    this.#waiting.clear();
    for (const wake of this.#wakers) wake();
  }
}
