// Every page that a role can reach from its first page: opens, has no axe
// violation, does not scroll sideways on a desk or on a small phone, in a
// language written left to right and in one written right to left.
import assert from 'node:assert/strict';
import { journeys, faultsOf, tooWide } from './harness.js';

const journey = journeys();
const most = 120; // pages a role
const perShape = 2; // two groups are enough to know the page of a group
const roles = ['public', 'clinician', 'navigator', 'organizer', 'leader', 'partner', 'lead', 'evaluator', 'admin', 'operator', 'person'];
const first = { public: ['/', '/groups', '/map', '/sign-in', '/me', '/me/over'], person: ['/me/info'] };

/** The address with ids blanked: pages of one shape are one page. */
const shape = (path) => path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{id}').replace(/=[^&]*/g, '=');
const plain = (s) => s.replace(/&amp;/g, '&').replace(/&#43;/g, '+').replace(/#.*/, '');

/** What a page is made of, whatever it says: two pages with the same bones need the browser once. */
function bones(html) {
  const parts = new Set();
  for (const [, tag, rest] of html.matchAll(/<([a-z][\w-]*)([^>]*)>/g)) {
    if (tag !== 'path') parts.add(tag + (rest.match(/ class="[^"]*"/)?.[0] ?? '') + (rest.match(/ role="[^"]*"/)?.[0] ?? '') + (rest.match(/ type="[^"]*"/)?.[0] ?? ''));
  }
  return [...parts].sort().join('\n');
}

async function crawl(page, start, known) {
  const faults = new Map(); // what is wrong → where
  const fault = (text, path) => faults.set(text, [...(faults.get(text) ?? []), path]);
  const waiting = [...start], met = new Set(start), shapes = new Map();
  let asked = 0, opened = 0;
  for (; waiting.length && asked < most; asked++) {
    const path = waiting.shift();
    const answer = await page.request.get(path, { maxRedirects: 5 });
    if (answer.status() !== 200) {
      fault(`answers ${answer.status()}`, path);
      continue;
    }
    if (!(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    const html = await answer.text();
    const look = shape(new URL(answer.url()).pathname) + bones(html);
    if (!known.has(look)) {
      known.add(look);
      opened++;
      await page.goto(path);
      for (const f of await faultsOf(page)) fault(f, path);
      page.problems.length = page.foreign.length = 0;
      await page.setViewportSize({ width: 320, height: 640 });
      for (const f of await tooWide(page)) fault(f, path);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
    for (const [, raw] of html.matchAll(/<a [^>]*?href="(\/[^"]*)"/g)) {
      const link = plain(raw);
      if (met.has(link) || link === '/exit' || /[?&]lang=/.test(link)) continue;
      met.add(link);
      const n = shapes.get(shape(link)) ?? 0;
      if (n >= perShape) continue;
      shapes.set(shape(link), n + 1);
      waiting.push(link);
    }
  }
  const list = [...faults].map(([text, paths]) => `${text}\n    on ${paths.slice(0, 4).join(' ')}${paths.length > 4 ? ` and ${paths.length - 4} more` : ''}`);
  return { asked, opened, list };
}

for (const locale of ['en', 'ar']) {
  const known = new Set();
  for (const role of roles) {
    journey(`${role}, ${locale}: every page that can be reached`, async ({ demo, visit, t }) => {
      const staff = !first[role];
      const page = await visit({ locale, role: staff ? role : undefined });
      if (role === 'person') {
        await page.goto('/me');
        await page.locator('main input:not([type=hidden])').first().fill(demo.codes.Kim);
        await page.locator('main button.primary').click();
        await page.waitForURL('**/me/info');
      }
      const start = staff ? [new URL(page.url()).pathname, '/account'] : first[role];
      const { asked, opened, list } = await crawl(page, start, known);
      t.diagnostic(`${role} ${locale}: ${asked} pages, ${opened} with bones of their own`);
      assert.ok(!list.length, list.join('\n'));
    });
  }
}
