// Starts a demo of its own on a free port, opens Chromium, and gives journeys
// the few verbs they share: sign in, check with axe, take a picture.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const here = dirname(fileURLToPath(import.meta.url));
export const out = join(here, 'out');
mkdirSync(out, { recursive: true });

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

function freePort() {
  return new Promise((resolve) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

/** Starts `seedbed demo` and waits until it answers. */
export async function startDemo(...flags) {
  const data = mkdtempSync(join(tmpdir(), 'seedbed-journey-'));
  const port = await freePort();
  const clock = join(data, 'clock');
  const binary = process.env.SEEDBED_BINARY;
  assert.ok(binary, 'SEEDBED_BINARY names the program to test; make browser sets it');
  const child = spawn(binary, ['demo', '--listen', `127.0.0.1:${port}`, '--data', data, ...flags], {
    env: { ...process.env, SEEDBED_CLOCK_FILE: clock },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (b) => { log += b; });
  const base = await new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(new Error(`no address within 60 s\n${text}\n${log}`)), 60_000);
    child.stdout.on('data', (b) => {
      text += b;
      const m = text.match(/^(http:\/\/127\.0\.0\.1:\d+)$/m);
      if (m) { clearTimeout(timer); resolve(m[1]); }
    });
    child.on('exit', (code) => { clearTimeout(timer); reject(new Error(`exit ${code}\n${text}\n${log}`)); });
  });
  return {
    base, data, log: () => log,
    /** Moves the program's clock forward, e.g. "97h". */
    setClock: (shift) => writeFileSync(clock, shift),
    signinLink: (role) => new Promise((resolve, reject) => {
      const c = spawn(binary, ['demo', '--listen', `127.0.0.1:${port}`, '--data', data, '--signin', role, ...flags]);
      let s = '', e = '';
      c.stdout.on('data', (b) => { s += b; });
      c.stderr.on('data', (b) => { e += b; });
      c.on('exit', (code) => {
        const m = s.match(/http:\/\/\S+/);
        code === 0 && m ? resolve(m[0]) : reject(new Error(`demo --signin ${role}: exit ${code} ${s} ${e}`));
      });
    }),
    stop: async () => {
      child.removeAllListeners('exit');
      const gone = new Promise((r) => child.once('exit', r));
      child.kill('SIGTERM');
      await gone;
      rmSync(data, { recursive: true, force: true });
    },
  };
}

export async function launch() {
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
}

/** A fresh visitor: own cookies, a size, a language; requests to other servers fail the test. */
export async function visitor(browser, demo, { width = 1280, height = 900, locale = 'en', ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale, baseURL: demo.base, ...more });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.foreign = [];
  page.problems = [];
  page.on('request', (r) => { if (!r.url().startsWith(demo.base) && !r.url().startsWith('data:') && !r.url().startsWith('about:')) page.foreign.push(r.url()); });
  page.on('pageerror', (e) => page.problems.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error' && /Content Security Policy|Uncaught/.test(m.text())) page.problems.push(m.text()); });
  return page;
}

/** Signs in through a demo link: the link shows a page with one button. */
export async function signIn(page, demo, role) {
  await page.goto(await demo.signinLink(role));
  await page.locator('main form button').first().click();
  await page.waitForLoadState();
}

/** No axe violations, no horizontal scrolling, language and direction set, one h1. */
export async function sound(page, what) {
  await page.evaluate(axe); // evaluated by the debugger, which the page's content policy does not bind
  const result = await page.evaluate(async () => {
    const r = await window.axe.run(document, { resultTypes: ['violations'] });
    return r.violations.map((v) => `${v.id} (${v.impact}): ${v.help} — ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`);
  });
  assert.deepEqual(result, [], `${what}: axe`);
  const facts = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    lang: document.documentElement.lang, dir: document.documentElement.dir, h1: document.querySelectorAll('h1').length,
  }));
  assert.ok(facts.wide <= 1, `${what}: scrolls sideways by ${facts.wide}px`);
  assert.ok(facts.lang && facts.dir, `${what}: lang or dir missing`);
  assert.equal(facts.h1, 1, `${what}: one h1`);
  assert.deepEqual(page.foreign, [], `${what}: asked another server`);
  assert.deepEqual(page.problems, [], `${what}: script problems`);
}

export async function picture(page, name) {
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true });
}

/** What has the keyboard: tag, accessible text. */
export function focused(page) {
  return page.evaluate(() => {
    const e = document.activeElement;
    return e ? `${e.tagName.toLowerCase()} ${(e.getAttribute('aria-label') || e.textContent || e.name || '').trim().slice(0, 60)}` : '';
  });
}
