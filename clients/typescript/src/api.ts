/** The control API refused; the message has its reason in French and English. */
export class SoclesRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "SoclesRefusal";
  }
}

export type Query = Record<string, string | number | undefined>;

/** JSON over `fetch`, below one address. */
export class Api {
  constructor(readonly base: string) {}

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await (await this.#send("GET", path + search(query))).json()) as T;
  }

  async post<T>(path: string, body: unknown = {}): Promise<T> {
    return (await (await this.#send("POST", path, body)).json()) as T;
  }

  async patch(path: string, body: unknown): Promise<void> {
    await this.#send("PATCH", path, body);
  }

  /** What is made on order, as it is. */
  async text(path: string, body: unknown): Promise<string> {
    return (await this.#send("POST", path, body)).text();
  }

  async delete(path: string): Promise<void> {
    await this.#send("DELETE", path);
  }

  async bytes(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.#send("GET", path)).arrayBuffer());
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const answer = await fetch(this.base + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    if (!answer.ok) throw await refusal(method, this.base + path, answer);
    return answer;
  }
}

function search(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

async function refusal(method: string, url: string, answer: Response): Promise<SoclesRefusal> {
  const text = await answer.text();
  let code = "";
  let told = text;
  try {
    const error = (JSON.parse(text) as { error?: { code: string; messageFr: string; message: string; details?: Detail[] } }).error;
    if (error !== undefined) {
      code = error.code;
      told = [`${error.messageFr} / ${error.message}`, ...(error.details ?? []).map((one) => `${one.where}: ${one.message}`)].join("; ");
    }
  } catch {
    // no JSON: the text as it is
  }
  return new SoclesRefusal(answer.status, code, `HTTP ${answer.status} ${code} : ${method} ${url} : ${told}`);
}

interface Detail {
  where: string;
  message: string;
}
