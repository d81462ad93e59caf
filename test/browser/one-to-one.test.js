// S-03: an organizer holds ten one-to-ones in a week, four of them in a basement
// without a line; each is written down in the two-minute form, kept on the phone,
// sent exactly once; the tally counts, what was agreed stands on Today, and the
// note is read by nobody else.
import assert from 'node:assert/strict';
import { journeys, say, saying, sound } from './harness.js';

const journey = journeys();

/** Waits for what only an answer that comes later can tell. */
async function until(page, asked, arg) {
  for (const end = Date.now() + 20_000; !(await page.evaluate(asked, arg));) {
    assert.ok(Date.now() < end, `not within 20 s: ${asked}`);
    await new Promise((r) => setTimeout(r, 50));
  }
}

/** The form, ready to keep what is saved. */
async function form(page) {
  await page.goto('/one-to-ones/new');
  await page.locator('sb-offline[data-ready]').waitFor({ state: 'attached' });
  await until(page, async () => {
    await navigator.serviceWorker.ready;
    const kept = await (await caches.open('sb-pages')).keys();
    return navigator.serviceWorker.controller && kept.length >= 2;
  });
}

const choose = (page, name, value) => page.locator(`label.choice:has(input[name="${name}"][value="${value}"])`).click();
/** A day of the clinic, as a date field wants it; its clock may be ahead of the phone's. */
const dayOf = (date) => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Los_Angeles' }).format(date);

async function fill(page, name, agreed, now) {
  const due = dayOf(new Date(now.getTime() + 12 * 864e5));
  await page.locator('input[name=name]').fill(name);
  await choose(page, 'purpose', 'recruitment');
  await choose(page, 'day', 'other');
  await page.locator('input[name=date]').fill(dayOf(now));
  await page.locator('input[name=minutes]').fill('35');
  await choose(page, 'place', 'cafe');
  await choose(page, 'pressures', 'language');
  await choose(page, 'gifts', 'music');
  await page.locator('textarea[name=heard]').fill('The label is only in English. Bus 14 was cut.');
  await page.locator('input[name=agreed]').fill(agreed);
  await page.locator('input[name=due]').fill(due);
  await page.locator('select[name=suggested]').selectOption('host');
}

const press = (page) => page.locator('sb-offline form button[type=submit], sb-offline form button:not([type])').last().click();

/** The first number of the tally: one-to-ones this week. */
async function tally(page) {
  await page.goto('/today');
  return Number((await page.locator('.page-head .intro').textContent()).match(/\d+/)[0]);
}

journey('ten one-to-ones, four of them without a line, each counted once', async ({ visit, demo }) => {
  const page = await visit({ locale: 'en', role: 'organizer', width: 360, height: 740 });
  const before = await tally(page);
  const names = ['Duc Le', 'Nora Finch', 'Mai Vu', 'Ruth Bell', 'Ivy Carter', 'Lan Do'];
  for (const name of names) { // six with a line
    await page.goto('/one-to-ones/new');
    await fill(page, name, `Bring two neighbors, ${name}`, demo.now());
    await Promise.all([page.waitForURL('**/today'), press(page)]);
  }
  assert.equal(await tally(page), before + 6);
  await form(page);
  await sound(page, 'after a one-to-one');
  await page.context().setOffline(true);
  for (const name of ['Hugo Vidal', 'Elena Cano', 'Celia Duarte', 'Musa Diallo']) {
    await fill(page, name, `Host a house meeting, ${name}`, demo.now());
    await press(page);
    await page.locator('.outbox-said').getByText(say('en', 'outbox.say.saved')).waitFor();
  }
  const waiting = (await page.evaluate(() => window.seedbedOutbox.list())).filter((i) => i.state === 'waiting');
  assert.equal(new Set(waiting.map((i) => i.id)).size, 4);
  await page.context().setOffline(false);
  await page.goto('/outbox');
  await until(page, async () => (await window.seedbedOutbox.list()).every((i) => i.state !== 'waiting'));
  assert.deepEqual((await page.evaluate(() => window.seedbedOutbox.list())).map((i) => i.state).filter((s) => s !== 'sent'), []);
  assert.equal(await tally(page), before + 10, 'each of the four is counted once');
  for (const { id } of waiting) assert.equal((await (await page.request.get(`/outbox/receipt?key=${id}`)).json()).result, 'stored');
  await page.goto('/today');
  await sound(page, 'today');

  const find = await page.request.post('/one-to-ones', { form: { name: 'Samuel', purpose: 'recruitment', day: 'today', minutes: '5', place: 'moon', readers: 'me' } });
  assert.equal(find.status(), 422, 'a wrong form stores nothing');
  assert.equal(await tally(page), before + 10);
  const leader = await visit({ locale: 'en', role: 'leader', width: 360, height: 740 });
  await leader.goto('/today');
  await sound(leader, "a leader's today");
  assert.equal(await leader.getByText(saying('en', 'today.tally')).count() > 0, true);
});

journey('the note is the writer’s, and the form says both versions when two changed it', async ({ visit, demo }) => {
  const page = await visit({ locale: 'en', role: 'organizer', width: 1280, height: 900 });
  await page.goto('/one-to-ones/new');
  await fill(page, 'Omar Nasser', 'Call Omar back', demo.now());
  await choose(page, 'who', 'me');
  await Promise.all([page.waitForURL('**/today'), press(page)]);
  await page.goto('/people/contact');
  await sound(page, 'how we meet people');
  await page.goto('/commitments');
  await page.getByRole('link', { name: 'Call Omar back' }).click();
  await page.getByRole('link', { name: say('en', 'people.promise.open_person') }).click();
  await sound(page, "somebody's page");
  await page.locator('a[href^="/one-to-ones/0"], a[href^="/one-to-ones/"]:not([href*="new"])').first().click();
  await page.getByText(say('en', 'people.next_role.host')).waitFor();
  const note = new URL(page.url()).pathname;
  const leader = await visit({ locale: 'en', role: 'leader' });
  assert.equal((await leader.request.get(note)).status(), 404, 'nobody else reads it');
  const edit = note.replace('/one-to-ones/', '/one-to-ones/edit/');
  const other = await page.context().newPage(); // the same writer, at the desk
  await other.goto(edit);
  await page.goto(edit);
  await other.locator('textarea[name=heard]').fill('Bus 14 was cut.');
  await Promise.all([other.waitForURL(`**${note}`), press(other)]);
  const form = { _version: '1', purpose: 'recruitment', day: 'other', date: dayOf(demo.now()), minutes: '35', place: 'cafe', heard: 'Bus 20 was cut.', readers: 'me' };
  const stale = await page.request.post(edit, { form });
  assert.equal(stale.status(), 409);
  const both = await stale.text();
  assert.ok(both.includes('Bus 14 was cut.') && both.includes('Bus 20 was cut.'), 'both versions are shown');
});
