import { createServer, type Server } from 'node:http';
import type * as program from '../src/program.ts';
import type { Browser } from './playwright.ts';

type Program = typeof program;

/** A page that runs the program. */
export interface ProgramPage {
  /** Calls one function of the program in the page; rejects with what the function threw. */
  readonly call: <Name extends keyof Program>(
    name: Name,
    ...args: Parameters<Program[Name]>
  ) => Promise<Awaited<ReturnType<Program[Name]>>>;
  /** Exceptions nobody caught and lines on the page's error console. */
  readonly errors: () => readonly string[];
  readonly close: () => Promise<void>;
}

const HTML =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/program.js"></script>';

/** From an address of its own: a module from a file or from text would not be what a visitor gets. */
const serve = (code: string): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((request, response) => {
      const [type, body] = request.url === '/program.js' ? ['text/javascript', code] : ['text/html', HTML];
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
    });
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });

const addressOf = (server: Server): string => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return `http://127.0.0.1:${String(address.port)}/`;
};

type Actions = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;

/** Runs in the page: it may use nothing from around it. */
const perform = async ([name, given]: readonly [string, readonly unknown[]]): Promise<unknown> => {
  const { zhtp } = globalThis as unknown as { readonly zhtp?: Actions };
  const action = zhtp?.[name];
  if (action === undefined) throw new Error(`the program did not load, or has no ${name}`);
  return action(...given);
};

/** Serves one module on 127.0.0.1 and opens it. */
export const openProgram = async (browser: Browser, code: string): Promise<ProgramPage> => {
  const server = await serve(code);
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (line) => {
    if (line.type() === 'error') errors.push(line.text());
  });
  await page.goto(addressOf(server));
  return {
    // Arguments and answers of the program are plain values: the copy that comes back is what was returned.
    call: <Name extends keyof Program>(name: Name, ...args: Parameters<Program[Name]>) =>
      page.evaluate(perform, [name, args]) as Promise<Awaited<ReturnType<Program[Name]>>>,
    errors: () => errors,
    close: async () => {
      await page.close();
      server.closeAllConnections();
      server.close();
    },
  };
};
