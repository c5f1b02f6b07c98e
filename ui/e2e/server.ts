// A real `seawall up` in a folder of its own, on a free port of loopback, with evidence that real commands wrote.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export interface Evidence {
  time: string;
  digest: string;
  kind: string;
  actor: string;
  summary: string;
  body: unknown;
}

/** What `make demo` wrote on one day, the reports of its scans cut short. */
export const DEMO: Evidence[] = readFileSync(join(import.meta.dirname, 'evidence.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Evidence);

// The server must not look at this machine's containers, and needs no webhook.
const SETTINGS = "sensor: {enabled: false}\nwebhook: {listen: '127.0.0.1:0'}\n";

export class Server {
  readonly #folder = mkdtempSync(join(tmpdir(), 'seawall-e2e-'));
  readonly #program = program();
  #child: ChildProcess | undefined;
  #token = '';
  /** `http://127.0.0.1:PORT` */
  page = '';

  async start(): Promise<void> {
    writeFileSync(join(this.#folder, 'seawall.yaml'), SETTINGS);
    const listen = this.page === '' ? '127.0.0.1:0' : new URL(this.page).host;
    const child = spawn(this.#program, ['up', '--listen', listen], {
      cwd: this.#folder,
      env: { PATH: process.env.PATH, HOME: this.#folder, XDG_DATA_HOME: this.#folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child = child;
    // A test run that is broken off leaves nothing behind that runs.
    process.once('exit', () => child.kill('SIGKILL'));
    const said: string[] = [];
    await new Promise<void>((ready, failed) => {
      child.once('error', failed);
      child.once('exit', (code) => {
        failed(new Error(`seawall up ended with ${String(code)}:\n${said.join('\n')}`));
      });
      createInterface(child.stderr).on('line', (line) => {
        said.push(line);
        this.#token = /shown this once: (\S+)/.exec(line)?.[1] ?? this.#token;
        this.page = /on\s+page\s+(http:\/\/[^/]+)\//.exec(line)?.[1] ?? this.page;
        if (line.trim() === 'ready') ready();
      });
    });
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(hard);
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Adds an entry as any command with `--ledger URL` does. */
  async add(evidence: Evidence): Promise<void> {
    const response = await fetch(`${this.page}/api/v1/evidence`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token}` },
      body: JSON.stringify(evidence),
    });
    if (response.status !== 201) throw new Error(`${String(response.status)}: ${await response.text()}`);
  }
}

/** `SEAWALL` where it names a program, else what cargo builds. In debug builds it reads `ui/dist` when it is asked. */
function program(): string {
  const given = process.env.SEAWALL;
  if (given !== undefined && existsSync(given)) return resolve(given);
  const built = execFileSync(
    'cargo',
    ['build', '--quiet', '-p', 'seawall', '--bin', 'seawall', '--message-format=json-render-diagnostics'],
    { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 },
  );
  const found = built
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { executable?: string | null; target?: { name: string } })
    .find((message) => message.target?.name === 'seawall' && typeof message.executable === 'string');
  if (typeof found?.executable !== 'string') throw new Error('cargo built no seawall');
  return found.executable;
}
