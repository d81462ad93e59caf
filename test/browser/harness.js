// Starts a demo of its own on a free port, opens Chromium, and gives journeys
// the few verbs they share: visit, sign in, check with axe, take a picture.
// Nothing here waits for a time; everything waits for what it needs to see.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const here = dirname(fileURLToPath(import.meta.url));
export const out = join(here, 'out');
mkdirSync(out, { recursive: true });

const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

// ---- words ----

const catalogs = {};
const localesFolder = join(here, '..', '..', 'locales');

/** The words of a message as the program says them, so that journeys survive a better wording. */
export function say(lang, key, args = {}) {
  catalogs[lang] ??= Object.assign({}, ...readdirSync(localesFolder).filter((f) => f.endsWith(`.${lang}.json`))
    .map((f) => JSON.parse(readFileSync(join(localesFolder, f), 'utf8'))));
  let text = catalogs[lang][key];
  assert.ok(text !== undefined, `no message ${key} in ${lang}`);
  if (typeof text === 'object') text = text.other;
  return text.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_, name) => args[name] ?? `{{.${name}}}`);
}

/** A pattern that matches the message with anything in its blanks. */
export function saying(lang, key) {
  return new RegExp(say(lang, key).split(/\{\{[^}]*\}\}/).map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.+'));
}

// ---- the program ----

function freePort() {
  return new Promise((resolve) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

/** Starts the program and waits for a line of its output; until(text) returns what was waited for. */
async function start(args, env, until) {
  const binary = process.env.SEEDBED_BINARY;
  assert.ok(binary, 'SEEDBED_BINARY names the program to test; make browser sets it');
  const child = spawn(binary, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '', log = '';
  child.stderr.on('data', (b) => { log += b; });
  const found = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready within 60 s\n${text}\n${log}`)), 60_000);
    child.stdout.on('data', (b) => {
      text += b;
      const got = until(text);
      if (got) { clearTimeout(timer); resolve(got); }
    });
    child.on('exit', (code) => { clearTimeout(timer); reject(new Error(`exit ${code}\n${text}\n${log}`)); });
  });
  const stop = async () => {
    child.removeAllListeners('exit');
    const gone = new Promise((r) => child.once('exit', r));
    child.kill('SIGTERM');
    await gone;
  };
  return { found, text: () => text, log: () => log, stop };
}

const address = (text) => text.match(/^(http:\/\/[\w.]+:\d+)$/m)?.[1];

/**
 * Minutes from now to ten in the morning of the clinic's next weekday: journeys look
 * the same on a Sunday night, and somebody is on duty in them.
 */
function toMorning() {
  for (let minutes = 0; ; minutes++) {
    const there = new Intl.DateTimeFormat('en-US', { timeZone: 'America/Los_Angeles', weekday: 'short', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' })
      .format(new Date(Date.now() + minutes * 60_000));
    if (/^(Mon|Tue|Wed|Thu|Fri)\S* 10:00$/.test(there)) return minutes;
  }
}

/** Starts `seedbed demo` and waits until it answers. */
export async function startDemo(...flags) {
  const data = mkdtempSync(join(tmpdir(), 'seedbed-journey-'));
  const port = await freePort();
  const clock = join(data, 'clock'), morning = toMorning();
  const setMinutes = (m) => { // at once, so that nobody reads half a time
    writeFileSync(clock + '.new', `${m}m`);
    renameSync(clock + '.new', clock);
  };
  setMinutes(morning);
  const env = { SEEDBED_CLOCK_FILE: clock };
  const program = await start(['demo', '--listen', `127.0.0.1:${port}`, '--data', data, ...flags], env, address);
  const codes = Object.fromEntries([...program.text().matchAll(/^ {2}(\p{Lu}\S*) +((?:\w{4}-){3}\w{4})$/gmu)].map((m) => [m[1], m[2]]));
  const links = Object.fromEntries([...program.text().matchAll(/^ {2}(\w+) +(http:\S+\/ticket\/\S+)$/gm)].map((m) => [m[1], m[2]]));
  return {
    base: program.found, data, log: program.log,
    /** Codes of My information, by first name. */
    codes,
    /** The program's time. */
    now: () => new Date(Date.now() + morning * 60_000),
    /** Moves the program's clock some hours beyond the morning on which it started. */
    setClock: (hours) => {
      setMinutes(morning + hours * 60);
      for (const role of Object.keys(links)) delete links[role]; // they are over by then
    },
    signinLink: async (role) => {
      const first = links[role]; // each opens once
      delete links[role];
      return first ?? signin(['demo', '--listen', `127.0.0.1:${port}`, '--data', data, '--signin', role, ...flags], env);
    },
    stop: async () => {
      await program.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

function signin(args, env) {
  return new Promise((resolve, reject) => {
    const c = spawn(process.env.SEEDBED_BINARY, args, { env: { ...process.env, ...env } });
    let s = '', e = '';
    c.stdout.on('data', (b) => { s += b; });
    c.stderr.on('data', (b) => { e += b; });
    c.on('exit', (code) => {
      const m = s.match(/http:\/\/\S+/);
      code === 0 && m ? resolve(m[0]) : reject(new Error(`${args.join(' ')}: exit ${code} ${s} ${e}`));
    });
  });
}

/** Starts `seedbed serve` on an empty folder, as on a clinic's first Monday. */
export async function startServe() {
  const data = mkdtempSync(join(tmpdir(), 'seedbed-serve-'));
  const port = await freePort();
  const base = `http://localhost:${port}`; // passkeys need a name, and localhost may go without TLS
  const program = await start(['serve', '--listen', `localhost:${port}`, '--base-url', base, '--data', data], {}, address);
  return {
    base, data, output: program.text, log: program.log,
    stop: async () => {
      await program.stop();
      rmSync(data, { recursive: true, force: true });
    },
  };
}

// ---- the browser ----

export async function launch() {
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
  });
}

/** What every other server in the world looks like to a journey. */
const elsewhere = '<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>';

/** A fresh visitor: own cookies, a size, a language; requests to other servers fail the test. */
export async function visitor(browser, demo, { width = 1280, height = 900, locale = 'en', role, ...more } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale, baseURL: demo.base, ...more });
  context.setDefaultTimeout(10_000);
  await context.addCookies([{ name: 'sb_lang', value: locale, url: demo.base }]);
  const own = (url) => url.startsWith(demo.base) || /^(data|about|blob|chrome-error):/.test(url);
  const foreign = [];
  await context.route((url) => !own(url.href), (route) => {
    foreign.push(route.request().url());
    return route.fulfill({ contentType: 'text/html', body: elsewhere });
  });
  const page = await context.newPage();
  page.foreign = foreign;
  page.problems = [];
  page.on('pageerror', (e) => page.problems.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error' && /Content Security Policy|Uncaught/.test(m.text())) page.problems.push(m.text()); });
  page.on('response', (r) => { if (r.status() >= 500) page.problems.push(`${r.status()} ${r.url()}`); });
  if (role) await signIn(page, demo, role);
  return page;
}

/** Signs in through a demo link: the link shows a page with one button. */
export async function signIn(page, demo, role) {
  await page.goto(await demo.signinLink(role));
  await Promise.all([page.waitForURL((u) => !u.pathname.startsWith('/ticket/')), page.locator('main form button').first().click()]);
}

/**
 * One demo and one browser for the journeys of a file. Each journey gets visit(options)
 * for as many people as it needs; if it fails, out/ keeps a picture of what each of them saw.
 */
export function journeys({ begin = startDemo } = {}) {
  const world = {};
  before(async () => { [world.demo, world.browser] = await Promise.all([begin(), launch()]); }, { timeout: 90_000 });
  after(async () => { await world.browser?.close(); await world.demo?.stop(); });
  return (name, fn, timeout = 120_000) => test(name, { timeout }, async (t) => {
    const pages = [];
    const visit = async (options) => {
      const page = await visitor(world.browser, world.demo, options);
      pages.push(page);
      return page;
    };
    try {
      await fn({ ...world, visit, t });
    } catch (err) {
      const shots = pages.map((p, i) => p.screenshot({ path: join(out, `failed-${slug(name)}-${i}.png`), fullPage: true, timeout: 5000 }).catch(() => {}));
      await Promise.all(shots);
      err.message += `\nseen at: ${pages.map((p) => p.url()).join(' ')}\n${world.demo.log().slice(-1500)}`;
      throw err;
    } finally {
      await Promise.all(pages.map((p) => p.context().close()));
    }
  });
}

const slug = (s) => s.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 50);

/** Pressing it goes to another page, and the page has come. */
export async function press(page, locator) {
  // A mark on the window, not a handle to it: a page behind a service worker may come in a process of its own.
  await page.evaluate(() => { window.before = true; });
  await locator.click();
  for (const late = Date.now() + 10_000; ;) { // asked from here: in a page without JavaScript nothing can wait
    const come = await page.evaluate(() => !window.before && document.readyState === 'complete').catch(() => false);
    if (come) break;
    assert.ok(Date.now() < late, `no other page came within 10 s at ${page.url()}`);
    await new Promise((r) => setTimeout(r, 25));
  }
  await page.waitForLoadState();
}

// ---- what must be true of every page ----

async function violations(page) {
  await page.evaluate(axe); // evaluated by the debugger, which the page's content policy does not bind
  return page.evaluate(async () => {
    const r = await window.axe.run(document, { resultTypes: ['violations'] });
    return r.violations.map((v) => `${v.id} (${v.impact}): ${v.help} — ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`);
  });
}

/** What stands out of the page to the side; nothing, if all is well. */
export function tooWide(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth - root.clientWidth <= 1) return [];
    const guilty = [...document.body.querySelectorAll('*')].filter((e) => {
      const b = e.getBoundingClientRect();
      return b.width && (root.dir === 'rtl' ? b.left < -1 : b.right > root.clientWidth + 1);
    }).slice(-2);
    return [`scrolls sideways by ${root.scrollWidth - root.clientWidth}px of ${root.clientWidth}: ${guilty.map((e) => e.outerHTML.slice(0, 160)).join(' … ')}`];
  });
}

/** Everything that is wrong with a page: axe violations, sideways scrolling, words without a message, other servers, errors. */
export async function faultsOf(page, { withAxe = true } = {}) {
  const faults = withAxe ? await violations(page) : [];
  faults.push(...await tooWide(page));
  faults.push(...await page.evaluate(() => {
    const list = [], root = document.documentElement, h1 = document.querySelectorAll('h1').length;
    if (!root.lang || !root.dir) list.push('lang or dir missing');
    if (h1 !== 1) list.push(`${h1} h1`);
    const rooms = 'app|people|today|member|team|meeting|stipend|learning|story|answer|common|style|campaign|listening|decision|fault|offer|directory|introduction|account|consent|import|me|handoff|counts|notify|recipient|outbox|turnout|pledge|effort|survey';
    for (const gap of document.body.innerText.match(new RegExp(`\\{\\{|<no value>|%![a-z(]|\\b(?:undefined|null|NaN)\\b|(?<![\\w.@/])(?:${rooms})\\.[a-z_]+\\.[a-z_.]+`, 'g')) ?? []) list.push(`words are missing: ${gap}`);
    return list;
  }));
  return [...faults, ...page.foreign.map((u) => `asked another server: ${u}`), ...page.problems];
}

/** The page has no fault. */
export async function sound(page, what = page.url(), options) {
  const faults = await faultsOf(page, options);
  assert.ok(!faults.length, `${what}:\n${faults.join('\n')}`);
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

/** Tabs until the element has the focus, as somebody without a mouse does; returns how often. */
export async function tabTo(page, locator, most = 60) {
  await locator.first().waitFor();
  for (let n = 0; n <= most; n++) {
    if (await locator.first().evaluate((e) => e === document.activeElement)) return n;
    await page.keyboard.press('Tab');
  }
  assert.fail(`the keyboard does not reach ${locator} in ${most} steps`);
}
