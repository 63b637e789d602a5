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
  /** Where REST is: `http://127.0.0.1:4200` unless told. */
  url?: string;
  /** Where the WebSocket is: the port after that of `url` unless told. */
  wsUrl?: string;
  /** What the service has as `API_TOKEN`. */
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

interface Waiting {
  text: string;
  done: (answer: MessageOf<"answer">) => void;
}

export class StreamManager {
  /** Every operation of REST, typed. */
  readonly rest: Client<paths>;
  #options: Options & { url: string; wsUrl: string };

  constructor(options: Options = {}) {
    const url = (options.url ?? "http://127.0.0.1:4200").replace(/\/$/, "");
    const next = new URL(url.replace(/^http/, "ws"));
    next.port = String(Number(next.port || "4200") + 1);
    this.#options = { ...options, url, wsUrl: options.wsUrl ?? `${next.origin}/ws` };
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

  constructor(readonly url: string, readonly headers: Record<string, string>) {
    this.opened = new Promise((opened, failed) => this.#open(opened, failed));
  }

  #open(opened: () => void, failed: (reason: Error) => void): void {
    const after = this.#heard === undefined ? "" : `?after=${this.#heard}`;
    const socket = new WebSocket(this.url + after, { headers: this.headers });
    let wasOpen = false;
    socket.on("error", (error) => wasOpen || failed(error));
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as Message;
      if (message.type === "hello") {
        wasOpen = true;
        this.#socket = socket;
        if (this.#topics) socket.send(JSON.stringify({ id: null, subscribe: this.#topics }));
        // What was under way is sent again; the service knows its key.
        for (const { text } of this.#waiting.values()) socket.send(text);
        opened();
      }
      this.#hear(message);
    });
    socket.on("close", () => {
      this.#socket = undefined;
      const later = () => {
        if (!this.#closed) setTimeout(() => this.#open(() => {}, later), 250 + 500 * Math.random());
      };
      if (wasOpen) later();
    });
  }

  #hear(message: Message): void {
    if (message.type === "snapshot") this.#heard = message.sequence;
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
    const id = `${this.#name}-${++this.#count}`;
    return new Promise((fulfil, reject) => {
      const text = JSON.stringify({ ...request, id, ...("command" in request && { key: request["key"] ?? id }) });
      const done = (answer: MessageOf<"answer">) =>
        answer.ok ? fulfil(answer) : reject(new Refused(answer.problem as Schemas["Problem"]));
      this.#waiting.set(id, { text, done });
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
  async *events(): AsyncGenerator<MessageOf<"event">> {
    const heard: MessageOf<"event">[] = [];
    let woken = () => {};
    const wake = () => woken();
    const stop = this.listen((message) => {
      if (message.type !== "event") return;
      heard.push(message);
      wake();
    });
    this.#wakers.add(wake);
    try {
      while (!this.#closed) {
        const next = heard.shift();
        if (next) yield next;
        else await new Promise<void>((fulfil) => (woken = fulfil));
      }
    } finally {
      stop();
      this.#wakers.delete(wake);
    }
  }

  /** Gives the connection up, as a network would; it comes again. */
  drop(): void {
    this.#socket?.terminate();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
    for (const wake of this.#wakers) wake();
  }
}
