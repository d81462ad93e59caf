// Takes the pictures of the README and the docs: docs/pictures/*.png, each at
// most 150 kB, from a demo of its own. Run it with `npm run pictures`.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startDemo, launch, visitor, say } from './harness.js';

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const most = 150_000;
mkdirSync(folder, { recursive: true });

const demo = await startDemo();
const browser = await launch();
const visit = (options) => visitor(browser, demo, options);
const h1 = (page, text) => page.getByRole('heading', { level: 1, name: text }).waitFor();
let bad = 0;

/** A picture of the window, or of `height` pixels of the page: its first, or those from something on. */
async function shot(page, name, height, from) {
  const path = join(folder, `${name}.png`);
  await page.evaluate(() => { document.activeElement?.blur?.(); scrollTo(0, 0); });
  const y = from ? Math.max(0, (await page.locator(from).first().boundingBox()).y - 4) : 0;
  const { width } = page.viewportSize();
  const full = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y, width, height: Math.min(full - y, height ?? page.viewportSize().height) } });
  const { size } = statSync(path);
  if (size > most) bad++;
  console.log(`${name}.png ${Math.round(size / 1000)} kB${size > most ? ': too large' : ''}`);
}

/** The offer up to the groups, for somebody who speaks the language. */
async function groups(page, lang, topics, autonym) {
  await page.goto('/offer');
  for (const letters of topics) {
    await page.keyboard.type(letters);
    await page.keyboard.press('Enter');
  }
  await page.locator('label', { hasText: autonym }).first().click();
}

const clinician = await visit({ role: 'clinician', width: 400, height: 860 });
await groups(clinician, 'en', ['ho', 'wo'], 'Español');
await shot(clinician, 'offer', 900);
await clinician.getByRole('button', { name: say('en', 'offer.show') }).click();
await h1(clinician, say('en', 'offer.groups.title'));
await shot(clinician, 'three-groups', 1250);

await clinician.locator('label.pick', { hasText: 'East Side Worker Center' }).click();
await clinician.locator('button[name=mode][value=warm_handoff]').click();
await h1(clinician, say('en', 'offer.consent.title'));
await clinician.locator('input[name=agree_contact]').check();
await clinician.locator('input[name=tell_clinic]').check();
await clinician.locator('input[name=called_name]').fill('Rosa');
await clinician.locator('label', { has: clinician.locator('input[name=contact][value=phone]') }).click();
await clinician.locator('input[name=phone]').fill('503 555 0161');
await clinician.locator('input[name=hours_from]').fill('19:00');
await clinician.locator('input[name=no_voicemail]').check();
await clinician.locator('label', { has: clinician.locator('input[name=how][value=spoken]') }).click();
await clinician.locator('select[name=witness]').selectOption('navigator');
await shot(clinician, 'consent', 1100);
await clinician.getByRole('button', { name: say('en', 'offer.consent.next') }).click();
await h1(clinician, say('es', 'offer.review.title'));
await shot(clinician, 'consent-spanish', 1100);
await clinician.getByRole('button', { name: say('es', 'offer.review.yes') }).click();
await clinician.locator('article.handout .code').waitFor();
const code = await clinician.locator('article.handout .code').innerText();
await shot(clinician, 'code-slip', 1500);

const card = await visit({ role: 'clinician', width: 720, height: 900 });
await groups(card, 'en', ['ho', 'wo'], 'Español');
await card.getByRole('button', { name: say('en', 'offer.show') }).click();
await card.locator('button[name=outcome][value=info]').click();
await card.waitForURL('**/offer/card?**');
await shot(card, 'card', 960);

const arabic = await visit({ role: 'clinician', width: 400, height: 860, locale: 'ar' });
await groups(arabic, 'ar', [say('ar', 'directory.topic.housing').replace(/^ال/, '').slice(0, 2)], 'العربية');
await shot(arabic, 'offer-arabic', 900);

const board = await visit({ role: 'navigator', width: 1280, height: 860 });
await board.goto('/handoffs?filter=all');
await shot(board, 'board', 1000);
await board.goto('/handoffs?filter=today');
await board.getByRole('link', { name: 'Rosa', exact: true }).click();
await h1(board, 'Rosa');
await shot(board, 'handoff', 1000);
const now = board.locator('details#act-now');
if (await now.getAttribute('open') === null) await now.locator('summary').click();
await now.locator('label', { hasText: say('en', 'introduction.present.navigator') }).click();
await now.getByRole('button', { name: say('en', 'handoff.act.now_yes') }).click();
await board.getByText(say('en', 'handoff.flash.now'), { exact: true }).waitFor();
const link = board.locator('details#act-link');
if (await link.getAttribute('open') === null) await link.locator('summary').click();
await link.getByRole('button').click();
const url = await board.locator('#link-url').innerText(), pin = await board.locator('#link-code').innerText();

const organizer = await visit({ width: 375, height: 740, locale: 'es' });
await organizer.goto(new URL(url).pathname);
await organizer.locator('input[name=code]').fill(pin);
await organizer.getByRole('button', { name: say('es', 'handoff.knock.go'), exact: true }).click();
await organizer.waitForURL('**/r/open');
await shot(organizer, 'recipient', 1100);

const person = await visit({ width: 375, height: 740, locale: 'es' });
await person.goto('/me');
await person.locator('input[name=code]').fill(code);
await person.getByRole('button', { name: say('es', 'me.door.go') }).click();
await person.waitForURL('**/me/info');
await shot(person, 'my-information', 1500);

const anybody = await visit({ width: 1080, height: 860 });
await anybody.goto('/groups');
await shot(anybody, 'groups', 900);
await anybody.goto('/map');
await shot(anybody, 'map', 1000);
await anybody.goto('/groups?q=inquilinos');
await anybody.locator('section[aria-labelledby=change] .card a').first().click();
await h1(anybody, 'Inquilinos Unidos');
await shot(anybody, 'group', 1200);

const lead = await visit({ role: 'lead', width: 1280, height: 900 });
await lead.goto('/counts');
await shot(lead, 'counts', 1200);

// The organizing room.
const phone = await visit({ role: 'organizer', width: 375, height: 740 });
await phone.goto('/today');
await shot(phone, 'today', 900);
await phone.goto('/one-to-ones/new');
await shot(phone, 'after', 1100);

const ana = await visit({ role: 'organizer', width: 1080, height: 800 });
await ana.goto('/people');
await shot(ana, 'people', 900);
await ana.locator('main a[href^="/people/"]', { hasText: 'Althea Brooks' }).first().click();
await h1(ana, 'Althea Brooks');
await shot(ana, 'person', 950);
await ana.goto('/campaigns');
await ana.locator('main a', { hasText: 'Fall listening' }).first().click();
await h1(ana, 'Fall listening');
const campaign = new URL(ana.url()).pathname;
await shot(ana, 'campaign', 1000);
await ana.goto(campaign.replace('campaigns', 'answers') + '/places');
const asked = (await ana.locator('main bdi').first().innerText()).trim();
await ana.goto('/statements');
await ana.locator('main a[href^="/statements/"]').first().click();
await ana.goto(new URL(ana.url()).pathname + '/screen');
await shot(ana, 'opinion', 860);
await ana.goto('/decisions');
await ana.getByRole('link', { name: /Which two priorities/ }).click();
await shot(ana, 'decision', 1100);
await ana.goto('/learn');
await shot(ana, 'learn', 700);
await ana.goto('/teams');
await ana.getByRole('link', { name: /core team/i }).first().click();
await shot(ana, 'team', 820);

// The cycle.
const open = async (page, list, name) => {
  await page.goto(list);
  await page.locator('main a', { hasText: name }).first().click();
  await page.waitForURL(new RegExp(`${list}/.`));
};
await open(ana, '/cycles', 'Bus 14 and rent');
await shot(ana, 'cycle', 1020);
await open(ana, '/assemblies', 'Labels we can read');
const hall = new URL(ana.url()).pathname;
const screen = await ana.locator('main a[href*="/stage/"]').first().getAttribute('href');
await ana.goto(screen);
await shot(ana, 'big-screen', 800);
await open(ana, '/turnout', 'Labels we can read');
await shot(ana, 'turnout', 900);
await phone.goto('/power');
await phone.locator('main a[href^="/power/maps/"]', { hasText: 'Labels in ten languages' }).first().click();
await phone.waitForURL(/power\/maps/);
await shot(phone, 'power', 900, 'main svg[role=img]');
await phone.goto(hall + '/scribe');
await shot(phone, 'scribe', 1000);
await anybody.goto('/pledges');
await shot(anybody, 'pledges', 900);
await lead.goto('/indicators');
await shot(lead, 'indicators', 1000);
await ana.goto('/evaluations');
await ana.locator('section[aria-labelledby=waiting] h3 a').last().click();
await ana.waitForURL(/evaluations\/./);
await ana.goto(new URL(ana.url()).pathname + '/screen');
const round = new URL((await ana.locator('.url').first().innerText()).trim()).pathname;
const there = await visit({ width: 375, height: 740, locale: 'ar' });
await there.goto(round);
await shot(there, 'round', 800);

const waiting = await visit({ width: 375, height: 740, locale: 'vi' });
await waiting.goto(new URL(asked).pathname + '?l=vi');
await waiting.locator('button[name=to][value="1"]').click();
await shot(waiting, 'waiting-room', 800);

await browser.close();
await demo.stop();
if (bad) process.exit(1);
