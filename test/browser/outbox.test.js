// Entries written without a line: kept on the phone, sent once, with a receipt
// from the server; nothing is lost when the answer is, when the session ends, or
// when the page is closed; and a browser that can keep nothing says so.
import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { journeys, picture, press, say, saying, signIn, sound, visitor } from './harness.js';

const journey = journeys();
const number = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/;

/** Waits for what only an answer that comes later can tell; the browser's own waiting takes any promise for a yes. */
async function until(page, asked) {
  for (const end = Date.now() + 15_000; !(await page.evaluate(asked));) {
    assert.ok(Date.now() < end, `not within 15 s: ${asked}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

/** The practice form, ready to keep what is saved; the worker is in charge and has the pages. */
async function practice(page) {
  await page.goto('/outbox/practice');
  await ready(page);
}

async function ready(page) {
  await page.locator('sb-offline[data-ready], sb-outbox[data-ready]').waitFor();
  await until(page, async () => {
    await navigator.serviceWorker.ready;
    const kept = await (await caches.open('sb-pages')).keys();
    return navigator.serviceWorker.controller && kept.length >= 2;
  });
}

async function save(page, words, { lang = 'en', place = 'basement' } = {}) {
  if (place) await page.locator('label', { has: page.locator(`input[value=${place}]`) }).click();
  await page.locator('textarea[name=words]').fill(words);
  await page.getByRole('button', { name: say(lang, 'outbox.practice.save') }).click();
}

const said = (page, lang = 'en', key = 'outbox.say.saved') => page.locator('.outbox-said').getByText(say(lang, key)).waitFor();
const receipts = (page) => page.locator('sb-outbox .code');
const items = (page) => page.evaluate(() => window.seedbedOutbox.list());
const open = (page) => page.locator('sb-outbox li[data-seq]');

/** How many practice entries the server has stored, as its receipts tell. */
async function stored(page, ids) {
  let n = 0;
  for (const id of ids) n += (await (await page.request.get(`/outbox/receipt?key=${id}`)).json()).result === 'stored' ? 1 : 0;
  return n;
}

/** Bytes of everything in the phone's database, as text. */
const kept = (page) => page.evaluate(async () => {
  const text = (v) => v instanceof ArrayBuffer || ArrayBuffer.isView(v) ? new TextDecoder('latin1').decode(v)
    : v && typeof v === 'object' ? Object.entries(v).map(([k, x]) => k + text(x)).join(' ') : String(v);
  return text(await window.seedbedOutbox.list());
});

for (const locale of ['en', 'ar']) {
  journey(`four entries without a line, the page closed, sent once with receipts, ${locale}`, async ({ visit }) => {
    const page = await visit({ locale, role: 'organizer', width: 360, height: 740 });
    const context = page.context();
    await practice(page);
    await sound(page, 'practice form');
    await context.setOffline(true);
    for (const n of [1, 2, 3]) {
      await save(page, `choir leader ${n}`, { lang: locale });
      await said(page, locale);
      assert.equal(await page.locator('textarea[name=words]').inputValue(), '', 'the form is ready for the next one');
    }
    await picture(page, `outbox-saved-${locale}`);
    const ids = (await items(page)).map((i) => i.id);
    assert.equal(new Set(ids).size, 3);
    assert.doesNotMatch(await kept(page), /choir leader|outbox\/practice"/, 'no text in plain');
    await page.close();

    // Days later, still no line: the pages open, and one more is written.
    const later = await context.newPage();
    later.foreign = [];
    later.problems = [];
    await later.goto('/outbox/practice');
    await later.locator('sb-offline[data-ready]').waitFor();
    await save(later, 'choir leader 4', { lang: locale, place: 'door' });
    await said(later, locale);
    await later.goto('/outbox');
    await open(later).nth(3).waitFor();
    await later.getByText(say(locale, 'outbox.say.no_line')).waitFor();
    await sound(later, 'outbox without a line');
    await picture(later, `outbox-waiting-${locale}`);
    // A page that is not kept leads here, and says why.
    await later.goto('/handoffs').catch(() => {});
    await later.getByText(say(locale, 'outbox.say.needs_line')).waitFor();

    const order = [];
    context.on('request', (r) => { if (r.method() === 'POST' && r.url().endsWith('/practice')) order.push(new URLSearchParams(r.postData()).get('words')); });
    await context.setOffline(false);
    await receipts(later).nth(3).waitFor();
    assert.deepEqual(order, [1, 2, 3, 4].map((n) => `choir leader ${n}`), 'oldest first, each once');
    assert.equal(await open(later).count(), 0);
    for (const r of await receipts(later).allInnerTexts()) assert.match(r, number);
    const after = await items(later);
    assert.deepEqual(after.map((i) => i.state), ['sent', 'sent', 'sent', 'sent']);
    assert.ok(after.every((i) => !i.sealed), 'the text has left the phone');
    assert.equal(await stored(later, after.map((i) => i.id)), 4);
    await sound(later, 'outbox with receipts');
    await picture(later, `outbox-sent-${locale}`);
    assert.equal((await context.cookies()).find((c) => c.name === 'sb_outbox'), undefined, 'nothing waits');
    // Receipts outlive the page and can be emptied.
    await later.reload();
    await receipts(later).nth(3).waitFor();
    await later.getByRole('button', { name: say(locale, 'outbox.say.empty') }).click();
    await later.getByText(say(locale, 'outbox.say.none')).first().waitFor();
  });
}

journey('an answer that is lost: sent again, stored once, the same receipt', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await practice(page);
  let lost = 0, seen = [];
  const posts = async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    const answer = await route.fetch();
    seen.push(await answer.json());
    if (lost++ < 2) return route.abort('connectionreset'); // the server has it, the phone does not know
    return route.fulfill({ response: answer });
  };
  await page.context().route('**/outbox/practice', posts);
  await save(page, 'sixty people');
  await said(page);
  await page.goto('/outbox');
  await until(page, async () => (await window.seedbedOutbox.list())[0].tries >= 2); // tried at once, and lost again
  await receipts(page).first().waitFor({ timeout: 20_000 }); // by itself, after a while
  assert.equal(seen[0].result, 'stored');
  assert.ok(seen.slice(1).every((r) => r.result === 'already'), JSON.stringify(seen));
  assert.equal(new Set(seen.map((r) => r.receipt)).size, 1);
  assert.equal(await receipts(page).first().innerText(), seen[0].receipt);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: say('en', 'outbox.say.copy') }).click();
  await page.getByRole('button', { name: say('en', 'outbox.say.copied') }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), seen[0].receipt);
});

journey('signed out meanwhile: it waits, and goes after signing in again', async ({ demo, visit }) => {
  const page = await visit({ role: 'organizer' });
  const context = page.context();
  await practice(page);
  const session = (await context.cookies()).filter((c) => c.httpOnly && !/lang|flash/.test(c.name));
  await context.clearCookies({ name: session[0].name });
  await save(page, 'bus 14');
  await said(page, 'en', 'outbox.say.saved_signin');
  await page.goto('/outbox');
  await page.getByText(say('en', 'outbox.say.signin')).waitFor();
  assert.doesNotMatch(await page.locator('body').innerText(), /bus 14/, 'nobody is signed in, so nothing is read');
  await sound(page, 'outbox, signed out');
  // Somebody else signs in on the same phone: not theirs to see or to send.
  await signIn(page, demo, 'navigator');
  await page.goto('/outbox');
  await page.getByText(say('en', 'outbox.say.others', { Number: 1 })).waitFor();
  assert.equal(await open(page).count(), 0);
  assert.equal((await items(page))[0].state, 'waiting');
  await sound(page, 'somebody else’s entry');
  await context.clearCookies({ name: session[0].name });
  await signIn(page, demo, 'organizer');
  await page.goto('/outbox');
  await receipts(page).first().waitFor();
});

journey('what the server does not take comes back with everything typed', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await practice(page);
  await page.context().setOffline(true);
  await save(page, 'no place chosen', { place: '' });
  await said(page);
  await page.goto('/outbox');
  await open(page).first().waitFor();
  await page.context().setOffline(false);
  await page.getByText(say('en', 'outbox.practice.choose')).waitFor();
  await page.getByText(say('en', 'outbox.say.no_line')).waitFor({ state: 'detached' }); // the line is back, and the page knows
  await sound(page, 'needs attention');
  await picture(page, 'outbox-attention');
  await press(page, page.getByRole('link', { name: say('en', 'outbox.say.open') }));
  await page.locator('sb-offline[data-ready]').waitFor();
  assert.equal(await page.locator('textarea[name=words]').inputValue(), 'no place chosen');
  await page.locator('.outbox-said .errors').waitFor();
  await sound(page, 'opened again');
  await page.locator('label', { has: page.locator('input[value=street]') }).click();
  await press(page, page.getByRole('button', { name: say('en', 'outbox.practice.save') }));
  await page.getByText(say('en', 'outbox.flash.practised')).waitFor();
  await receipts(page).first().waitFor();
  assert.equal((await items(page)).length, 1, 'the corrected entry took the place of the wrong one');
  // With a line, the same page says it at once.
  await practice(page);
  await save(page, 'again none', { place: '' });
  await page.locator('.outbox-said .errors').waitFor();
  assert.equal(await page.locator('textarea[name=words]').inputValue(), 'again none');
});

journey('a conflict shows both versions, and each choice is kept', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await practice(page);
  const bodies = [];
  let clash = true;
  await page.context().route('**/outbox/practice', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    bodies.push(new URLSearchParams(route.request().postData()));
    if (!clash) return route.fallback();
    return route.fulfill({ status: 409, json: { result: 'conflict', message: say('en', 'fault.stale'), version: '7', theirs: [{ name: 'words', label: 'A few words', value: 'what Ben wrote' }] } });
  });
  await save(page, 'what Ana wrote');
  await page.locator('.outbox-said').getByText(say('en', 'outbox.state.conflict')).waitFor();
  await page.goto('/outbox');
  await page.getByText('what Ana wrote').waitFor();
  await page.getByText('what Ben wrote').waitFor();
  await sound(page, 'conflict');
  await picture(page, 'outbox-conflict');
  clash = false;
  await page.getByRole('button', { name: say('en', 'outbox.say.keep_mine') }).click();
  await receipts(page).first().waitFor();
  const [first, second] = bodies;
  assert.equal(second.get('_version'), '7');
  assert.equal(second.get('words'), 'what Ana wrote');
  assert.notEqual(second.get('_key'), first.get('_key'), 'another content is another act');
});

journey('signing out with something waiting asks first', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  const context = page.context();
  await practice(page);
  await context.route('**/outbox/practice', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
  await save(page, 'do not lose me');
  await said(page);
  const leave = async () => {
    await page.goto('/account');
    await page.locator('details.account summary').click();
    await press(page, page.locator('details.account form button'));
  };
  await leave();
  await page.getByRole('heading', { level: 1, name: say('en', 'outbox.leave.title') }).waitFor();
  await sound(page, 'the question');
  await picture(page, 'outbox-leave');
  await press(page, page.getByRole('button', { name: say('en', 'outbox.leave.keep') }));
  await page.goto('/outbox');
  await page.getByText(say('en', 'outbox.say.signin')).waitFor();
  assert.equal((await items(page)).length, 1, 'the entry stays');
  assert.equal(await page.evaluate(async () => (await (await caches.open('sb-pages')).keys()).length), 0, 'no page stays');
});

journey('closing the list while something waits is asked about; going on within the site is not', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await practice(page);
  await page.context().setOffline(true);
  await save(page, 'stay');
  await said(page);
  const asked = [];
  page.on('dialog', (d) => { asked.push(d.type()); return d.dismiss(); });
  await page.goto('/outbox');
  await press(page, page.getByRole('link', { name: say('en', 'outbox.practice.go') }));
  assert.deepEqual(asked, []);
  await page.goto('/outbox');
  await open(page).first().locator('summary').click();
  await page.close({ runBeforeUnload: true });
  await until(page, () => true); // it is still open
  assert.deepEqual(asked, ['beforeunload']);
});

journey('at the door: one entry after the other, each with its receipt on the spot', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await practice(page);
  await page.evaluate(() => { document.querySelector('sb-offline').dataset.stay = ''; });
  const seen = new Set();
  for (const n of [1, 2, 3]) {
    await save(page, `guest ${n}`, { place: 'door' });
    await page.locator('.outbox-said').getByText(saying('en', 'outbox.say.sent')).waitFor();
    seen.add(await page.locator('.outbox-said').innerText());
    assert.equal(await page.locator('textarea[name=words]').inputValue(), '');
    assert.match(page.url(), /practice$/);
  }
  assert.equal(seen.size, 3);
  await sound(page, 'receipt on the form');
});

journey('throwing away takes two presses, and never what the server has', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  const context = page.context();
  await practice(page);
  await context.setOffline(true);
  await save(page, 'one');
  await said(page);
  await save(page, 'two');
  await said(page);
  await page.goto('/outbox');
  await open(page).nth(1).waitFor();
  await open(page).first().getByRole('button', { name: say('en', 'outbox.say.drop') }).click();
  await page.getByText(say('en', 'outbox.say.drop_sure')).waitFor();
  await page.getByRole('button', { name: say('en', 'outbox.say.drop_no') }).click();
  assert.equal(await open(page).count(), 2);
  await open(page).first().getByRole('button', { name: say('en', 'outbox.say.drop') }).click();
  await page.getByRole('button', { name: say('en', 'outbox.say.drop_yes') }).click();
  await until(page, async () => (await window.seedbedOutbox.list()).length === 1);
  // The other one reaches the server, but no answer comes back: what is there cannot be thrown away, it has its receipt.
  let posts = 0;
  await context.route('**/outbox/practice', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    if (!posts++) await route.fetch();
    return route.abort();
  });
  await context.setOffline(false);
  await until(page, async () => (await window.seedbedOutbox.list())[0].tries > 0);
  await open(page).first().getByRole('button', { name: say('en', 'outbox.say.drop') }).click();
  await page.getByRole('button', { name: say('en', 'outbox.say.drop_yes') }).click();
  await page.getByText(say('en', 'outbox.say.arrived')).waitFor();
  assert.match(await receipts(page).first().innerText(), number);
});

journey('two tabs and a double press send one entry once', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  const context = page.context();
  await practice(page);
  const other = await context.newPage();
  await other.goto('/outbox');
  await other.locator('sb-outbox[data-ready]').waitFor();
  let posts = 0;
  context.on('request', (r) => { if (r.method() === 'POST' && r.url().endsWith('/outbox/practice')) posts++; });
  await context.setOffline(true);
  await save(page, 'twice');
  await said(page);
  await context.setOffline(false); // both tabs hear it
  await receipts(other).first().waitFor();
  await until(page, async () => (await window.seedbedOutbox.list()).every((i) => i.state === 'sent'));
  assert.equal((await items(page)).length, 1);
  assert.equal(posts, 1, 'one tab at a time');
});

journey('a browser that keeps nothing says so and posts as ever', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await page.addInitScript(() => Object.defineProperty(window, 'indexedDB', { value: undefined }));
  await page.goto('/outbox/practice');
  await page.locator('.outbox-said').getByText(say('en', 'outbox.say.cannot')).waitFor();
  await sound(page, 'nothing can be kept');
  await page.locator('label', { has: page.locator('input[value=door]') }).click();
  await press(page, page.getByRole('button', { name: say('en', 'outbox.practice.save') }));
  await page.getByText(say('en', 'outbox.flash.practised')).waitFor();
  await page.getByText(say('en', 'outbox.say.cannot')).waitFor();
});

journey('a phone without room posts as ever, and keeps the words without a line', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await page.addInitScript(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, ...key) {
      if (this.name === 'items') throw new DOMException('full', 'QuotaExceededError');
      return put.call(this, value, ...key);
    };
  });
  await practice(page);
  await page.context().setOffline(true);
  await save(page, 'still here');
  await said(page, 'en', 'outbox.say.full');
  assert.equal(await page.locator('textarea[name=words]').inputValue(), 'still here');
  await page.context().setOffline(false);
  await press(page, page.getByRole('button', { name: say('en', 'outbox.practice.save') }));
  await page.getByText(say('en', 'outbox.flash.practised')).waitFor();
});

journey('the worker keeps no page that does not ask for it, and stays away from people’s pages', async ({ demo, visit }) => {
  const page = await visit({ role: 'navigator' });
  await practice(page);
  for (const path of ['/handoffs', '/directory', '/account', '/groups', '/']) await page.goto(path);
  const names = await page.evaluate(async () => (await (await caches.open('sb-pages')).keys()).map((r) => new URL(r.url).pathname).sort());
  assert.deepEqual(names, ['/outbox', '/outbox/practice']);
  const person = await visit();
  await person.goto('/me');
  await person.locator('input[name=code]').fill(demo.codes.Kim);
  await person.getByRole('button', { name: say('en', 'me.door.go') }).click();
  await person.waitForURL('**/me/info');
  assert.equal(await person.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0, 'no worker on a person’s phone');
});

journey('an attempt on a call is not lost when the line drops', async ({ visit }) => {
  const page = await visit({ role: 'navigator' });
  await page.goto('/handoffs');
  const links = await page.locator('main a[href^="/handoffs/"]').evaluateAll((all) => all.map((a) => a.getAttribute('href')).filter((h) => /[0-9a-f]{8}-/.test(h)));
  let found;
  for (const link of links) {
    await page.goto(link);
    if (await page.locator('sb-offline[data-kind=attempt]').count()) { found = link; break; }
  }
  assert.ok(found, 'a handoff whose attempts are logged');
  await page.locator('sb-offline[data-ready]').waitFor({ state: 'attached' });
  const details = page.locator('#act-attempt');
  if (!(await details.evaluate((d) => d.open))) await details.locator('summary').click();
  await page.context().setOffline(true);
  const form = page.locator('sb-offline form');
  await form.locator('label', { has: page.locator('input[name=channel][value=phone]') }).click();
  await form.locator('label', { has: page.locator('input[name=result][value=no_answer]') }).click();
  await form.getByRole('button', { name: say('en', 'handoff.act.attempt_save') }).click();
  await said(page);
  await page.context().setOffline(false);
  await until(page, async () => (await window.seedbedOutbox.list()).every((i) => i.state === 'sent'));
  await page.goto('/outbox');
  assert.match(await receipts(page).first().innerText(), number);
  assert.match(await page.locator('sb-outbox').innerText(), saying('en', 'handoff.act.attempt'));
});

journey('the browser sends in the background, with no page of the outbox open', async ({ demo, visit }) => {
  const page = await visit({ role: 'organizer' });
  const context = page.context();
  await practice(page);
  await context.setOffline(true);
  await save(page, 'from the bus');
  await said(page);
  const [{ id }] = await items(page);
  await context.route('**/outbox/practice', (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback())); // no page sends it
  await context.setOffline(false);
  await page.goto('/account');
  assert.equal(await stored(page, [id]), 0);
  const browser = await context.newCDPSession(page);
  const registration = new Promise((found) => browser.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && found(registrations[0].registrationId)));
  await browser.send('ServiceWorker.enable');
  await context.unroute('**/outbox/practice');
  await browser.send('ServiceWorker.dispatchSyncEvent', { origin: demo.base, registrationId: await registration, tag: 'sb-outbox', lastChance: false });
  await page.goto('/account');
  for (const end = Date.now() + 15_000; (await stored(page, [id])) === 0;) {
    assert.ok(Date.now() < end, 'the worker sends it');
    await new Promise((r) => setTimeout(r, 50));
  }
  assert.equal(await page.evaluate(() => Boolean(window.seedbedOutbox)), false, 'the page has nothing to do with it');
});

journey('an entry that waited too long to be told apart from a second one asks first', async ({ visit }) => {
  const page = await visit({ role: 'organizer' });
  await practice(page);
  await page.context().setOffline(true);
  await save(page, 'last winter');
  await said(page);
  await page.evaluate(async () => {
    const [item] = await window.seedbedOutbox.list();
    await window.seedbedOutbox.put({ ...item, tries: 1, at: Date.now() - 81 * 86_400_000 });
  });
  await page.context().setOffline(false);
  await page.goto('/outbox');
  await page.getByText(say('en', 'outbox.say.old')).waitFor();
  const [{ id, state }] = await items(page);
  assert.equal(state, 'attention');
  assert.equal(await stored(page, [id]), 0);
});

/** The program behind a door that can change what it says on the way out. */
async function door(demo, change) {
  const to = new URL(demo.base);
  const server = createServer((req, res) => {
    const inner = request({ host: to.hostname, port: to.port, path: req.url, method: req.method, headers: { ...req.headers, 'accept-encoding': 'identity' } }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      const [status, body] = change(req, answer.statusCode, Buffer.concat(parts));
      res.writeHead(status, { ...answer.headers, 'content-length': body.length });
      res.end(body);
    });
    req.pipe(inner);
  });
  await new Promise((r) => server.listen(0, '127.0.0.1', r));
  const base = `http://127.0.0.1:${server.address().port}`;
  return { base, signinLink: async (role) => (await demo.signinLink(role)).replace(demo.base, base), stop: () => { server.close(); server.closeAllConnections(); } };
}

journey('a new version renews the kept pages before it drops the files they ask for', async ({ demo, browser }) => {
  let version = '', trouble = false;
  const at = await door(demo, (req, status, body) => {
    if (req.url === '/sw.js' && version) return [status, Buffer.from(body.toString().replace(/const version = "[^"]*"/, `const version = "${version}"`))];
    if (trouble && req.headers['seedbed-keep']) return [503, Buffer.from('')];
    return [status, body];
  });
  const page = await visitor(browser, at, { role: 'organizer' });
  try {
    await practice(page);
    const first = await page.evaluate(async () => (await caches.keys()).find((n) => n.startsWith('sb-files-')));
    const names = () => page.evaluate(async () => (await caches.keys()).sort().join(' '));
    const update = async (name) => {
      version = name;
      await page.evaluate(async () => { await (await navigator.serviceWorker.ready).update(); });
    };
    const settled = async (want) => {
      await until(page, async () => {
        const r = await navigator.serviceWorker.getRegistration();
        return !r.installing && !r.waiting && r.active.state === 'activated'; // which is only said when all is done
      });
      assert.equal(await names(), want);
    };
    trouble = true;
    await update('second');
    await settled([first, 'sb-files-second', 'sb-pages'].sort().join(' '));
    assert.equal(await page.evaluate(async () => (await (await caches.open('sb-pages')).keys()).length), 2, 'trouble at the server takes no page away');
    trouble = false;
    await update('third');
    await settled('sb-files-third sb-pages');
    assert.equal(await page.evaluate(async () => (await (await caches.open('sb-pages')).keys()).length), 2);
  } finally {
    await page.context().close();
    at.stop();
  }
});
