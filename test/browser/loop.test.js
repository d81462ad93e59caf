// S-02: the whole loop in real browsers. Five people, each with a browser of
// their own: a clinician, a navigator, the navigator's colleague without
// JavaScript, a group's organizer without an account, and the person.
import assert from 'node:assert/strict';
import { journeys, say, saying, sound, picture } from './harness.js';

const journey = journeys();
const group = 'East Side Worker Center';
const h1 = (page, text) => page.getByRole('heading', { level: 1, name: text }).waitFor();
const act = (page, name) => page.locator(`details#act-${name}`);

/** The clinician's part: offer, the person's yes in Spanish; returns the code on their paper. */
async function consented(page, { name, phone, mode = 'warm_handoff' }) {
  await page.goto('/offer');
  await page.keyboard.type('wo');
  await page.keyboard.press('Enter');
  await page.locator('label', { hasText: 'Español' }).first().click();
  await page.getByRole('button', { name: say('en', 'offer.show') }).click();
  await h1(page, say('en', 'offer.groups.title'));
  await page.locator('label.pick', { hasText: group }).click();
  await page.locator(`button[name=mode][value=${mode}]`).click();
  await h1(page, say('en', 'offer.consent.title'));
  await sound(page, 'consent');
  const read = page.locator('main [lang=es]').first();
  assert.match(await read.innerText(), /Usted decide/, 'what is read aloud is in Spanish');
  await page.locator('input[name=agree_contact]').check();
  await page.locator('input[name=tell_clinic]').check();
  await page.locator('input[name=called_name]').fill(name);
  await page.locator('label', { has: page.locator('input[name=contact][value=phone]') }).click();
  await page.locator('input[name=phone]').fill(phone);
  await page.locator('input[name=hours_from]').fill('19:00');
  await page.locator('input[name=no_voicemail]').check();
  await page.locator('label', { has: page.locator('input[name=how][value=spoken]') }).click();
  await page.locator('select[name=witness]').selectOption('navigator');
  await page.getByRole('button', { name: say('en', 'offer.consent.next') }).click();
  await h1(page, say('es', 'offer.review.title'));
  assert.equal(await page.locator('html').getAttribute('lang'), 'es', 'the person reads their own language');
  const said = await page.locator('#read-back').innerText();
  assert.ok(said.includes(group) && said.includes(name), `read back: ${said}`);
  assert.match(await page.locator('main').innerText(), /19:00/, 'when she may be called');
  await sound(page, 'read back');
  await picture(page, 'consent-es');
  await page.getByRole('button', { name: say('es', 'offer.review.yes') }).click();
  const code = page.locator('article.handout .code');
  await code.waitFor();
  await sound(page, 'done');
  return code.innerText();
}

journey('S-02: from the yes to the first meeting, and out again', async ({ demo, visit }) => {
  const board = await visit({ role: 'navigator' });
  await board.goto('/handoffs?filter=today');
  await sound(board, 'board');
  await board.evaluate(() => { window.neverReloaded = true; });
  await board.waitForFunction(() => performance.getEntriesByType('resource').some((e) => e.name.includes('/handoffs/live')) || document.querySelector('sb-live'));

  // The clinician offers; the person says yes in Spanish.
  const clinician = await visit({ role: 'clinician', width: 400 });
  const code = await consented(clinician, { name: 'Rosalinda', phone: '503 555 0161' });
  assert.match(code, /^(\w{4}.){3}\w{4}$/);

  // The board of a colleague changes by itself; without JavaScript, by loading it again.
  await board.getByRole('link', { name: 'Rosalinda' }).waitFor();
  assert.equal(await board.evaluate(() => window.neverReloaded), true, 'the page was not loaded again');
  await sound(board, 'board, changed');
  await picture(board, 'board');
  const plain = await visit({ role: 'navigator', javaScriptEnabled: false });
  await plain.goto('/handoffs?filter=today');
  await plain.getByRole('link', { name: 'Rosalinda' }).waitFor();

  // Warm handoff: the navigator walks over with her, and the group gets a link.
  await board.getByRole('link', { name: 'Rosalinda' }).click();
  await h1(board, 'Rosalinda');
  await sound(board, 'one introduction');
  const now = act(board, 'now');
  if (await now.getAttribute('open') === null) await now.locator('summary').click();
  await now.locator('label', { hasText: say('en', 'introduction.present.navigator') }).click();
  await now.getByRole('button', { name: say('en', 'handoff.act.now_yes') }).click();
  await board.getByText(say('en', 'handoff.flash.now'), { exact: true }).waitFor();
  const link = act(board, 'link');
  if (await link.getAttribute('open') === null) await link.locator('summary').click();
  await link.getByRole('button').click();
  const url = await board.locator('#link-url').innerText(), pin = await board.locator('#link-code').innerText();
  await sound(board, 'link and code');
  await picture(board, 'handoff');

  // The organizer has no account. Looking uses nothing up and shows nothing.
  const organizer = await visit({ width: 375, height: 740, locale: 'es' });
  const path = new URL(url).pathname;
  for (let n = 0; n < 3; n++) {
    const seen = await organizer.request.get(path);
    assert.equal(seen.status(), 200);
    assert.doesNotMatch(await seen.text(), /Rosalinda|555|0161|Worker/, 'the first page says nothing');
  }
  await organizer.goto(path);
  await h1(organizer, say('es', 'handoff.knock.title'));
  assert.equal(await organizer.title(), say('es', 'style.neutral_title'));
  await sound(organizer, 'neutral page');
  await organizer.locator('input[name=code]').fill('000000' === pin.replace(/\D/g, '') ? '111111' : '000000');
  await organizer.getByRole('button', { name: say('es', 'handoff.knock.go'), exact: true }).click();
  await organizer.locator('#errors').waitFor();
  assert.doesNotMatch(await organizer.content(), /Rosalinda|0161/);
  await organizer.locator('input[name=code]').fill(pin);
  await organizer.getByRole('button', { name: say('es', 'handoff.knock.go'), exact: true }).click();
  await organizer.waitForURL('**/r/open');
  await h1(organizer, 'Rosalinda');
  await sound(organizer, 'what is shared');
  const shared = await organizer.locator('main').innerText();
  for (const what of [/555.0161/, /19:00/, new RegExp(say('es', 'handoff.safe.no_voicemail'))]) assert.match(shared, what, 'what she agreed to');
  assert.ok(!shared.includes(say('es', 'directory.topic.work')) && !/Amara|Cole|Cedar Street/.test(shared), 'and nothing else');
  await picture(organizer, 'recipient-phone');
  for (const lang of ['en', 'ar', 'vi', 'es']) { // the last one stays
    await organizer.goto(`/r/open?lang=${lang}`);
    await sound(organizer, `what is shared, ${lang}`);
  }

  // Will call, tried, tried again, met.
  const answer = async (name, options = {}) => {
    await organizer.getByRole('button', { name: say('es', name), exact: true, ...options }).first().click();
    await organizer.getByText(say('es', 'handoff.flash.thanks')).waitFor();
    await sound(organizer, name, { withAxe: false });
    await organizer.goto('/r/open');
  };
  await answer('handoff.act.will_call');
  await answer('introduction.result.no_answer');
  await answer('introduction.result.reached');
  await answer('handoff.act.we_met');
  await sound(organizer, 'connected');

  // The clinician sees "connected", and no name.
  await clinician.goto('/introductions');
  await sound(clinician, 'my introductions');
  const first = clinician.locator('tbody tr').first();
  assert.match(await first.innerText(), /connected/i);
  assert.doesNotMatch(await clinician.locator('main').innerText(), /Rosalinda|0161/);

  // The person opens My information with the code on her paper.
  const person = await visit({ width: 375, height: 740, locale: 'es' });
  await person.goto('/me');
  await sound(person, 'door');
  await person.locator('input[name=code]').fill(code.toLowerCase().replace(/\W/g, ' '));
  await person.getByRole('button', { name: say('es', 'me.door.go') }).click();
  await person.waitForURL('**/me/info');
  await sound(person, 'my information');
  assert.equal(await person.title(), say('es', 'style.neutral_title'), 'the title says nothing');
  const mine = await person.locator('main').innerText();
  assert.ok(mine.includes(group) && mine.includes('Rosalinda') && /0161/.test(mine), 'who has what');
  assert.match(await person.locator('section[aria-labelledby=looked]').innerText(), saying('es', 'me.role.link'), 'who looked');
  await picture(person, 'my-information');

  // She stops. The group's open page is blank on its next request.
  await person.getByRole('link', { name: say('es', 'me.info.stop') }).click();
  await h1(person, say('es', 'me.stop.title'));
  await sound(person, 'stop?');
  await person.getByRole('button', { name: say('es', 'me.stop.go') }).click();
  await h1(person, say('es', 'me.ended.stop'));
  await sound(person, 'stopped');
  assert.doesNotMatch(await person.content(), /Rosalinda|0161/);
  const blank = await organizer.goto('/r/open');
  assert.equal(blank.status(), 410);
  assert.doesNotMatch(await organizer.content(), /Rosalinda|0161/);
  await sound(organizer, 'nothing here any more');
  await board.goto('/handoffs?filter=all');
  assert.equal(await board.getByRole('link', { name: 'Rosalinda' }).count(), 0, 'gone from the board');

  // The group is asked to delete, says it did, and the person can see that.
  await organizer.goto(path);
  await h1(organizer, say('es', 'handoff.knock.recall_title'));
  await sound(organizer, 'recall');
  await organizer.getByRole('button', { name: say('es', 'handoff.knock.recall_done') }).click();
  await organizer.getByText(say('es', 'handoff.flash.deleted')).waitFor();
  await person.goto('/me');
  await person.locator('input[name=code]').fill(code);
  await person.getByRole('button', { name: say('es', 'me.door.go') }).click();
  await h1(person, say('es', 'me.ended.by_code'));
  await person.getByText(saying('es', 'me.recall.answered')).waitFor();
  await sound(person, 'asked to delete, answered');
}, 240_000);

journey('deleting everything asks twice and leaves nothing', async ({ demo, visit }) => {
  const person = await visit({ width: 375, height: 740, locale: 'es' });
  const open = async () => {
    await person.goto('/me');
    await person.locator('input[name=code]').fill(demo.codes.Kim);
    await person.getByRole('button', { name: say('es', 'me.door.go') }).click();
  };
  await open();
  await person.waitForURL('**/me/info');
  assert.match(await person.locator('main').innerText(), /Kim/);
  await person.getByRole('link', { name: say('es', 'me.info.delete') }).click();
  await h1(person, say('es', 'me.delete.title'));
  await sound(person, 'delete?');
  await person.getByRole('link', { name: say('es', 'me.delete.go') }).click();
  await h1(person, say('es', 'me.sure.title'));
  await person.getByRole('button', { name: say('es', 'me.sure.go') }).click();
  await person.locator('#errors').waitFor(); // without the tick nothing happens
  await sound(person, 'sure?');
  await person.locator('label', { hasText: say('es', 'me.sure.tick') }).click();
  await person.getByRole('button', { name: say('es', 'me.sure.go') }).click();
  await h1(person, say('es', 'me.ended.delete'));
  await sound(person, 'deleted');
  await open();
  await h1(person, say('es', 'me.ended.by_code'));
  assert.doesNotMatch(await person.locator('main').innerText(), /Kim|555/);
});

journey('stopping by phone: a navigator finds it by number, sees no name, and ends it', async ({ visit }) => {
  const clinician = await visit({ role: 'clinician', width: 400 });
  const code = await consented(clinician, { name: 'Teodora', phone: '503 555 0162', mode: 'call_back' });
  const navigator = await visit({ role: 'navigator' });
  await navigator.goto('/handoffs/find');
  await navigator.locator('input[name=phone]').fill('(503) 555-0162');
  await navigator.getByRole('button', { name: say('en', 'handoff.find.go') }).click();
  await navigator.getByText(say('en', 'handoff.find.found')).first().waitFor();
  assert.doesNotMatch(await navigator.locator('main').innerText(), /Teodora/);
  await sound(navigator, 'found');
  await navigator.locator('main a[href$="/stop"]').first().click();
  await h1(navigator, say('en', 'handoff.stop.title'));
  await sound(navigator, 'end it for this person');
  await navigator.locator('label', { has: navigator.locator('input[name=how]') }).first().click();
  await navigator.locator('label', { hasText: say('en', 'handoff.stop.sure') }).click();
  await navigator.getByRole('button', { name: say('en', 'handoff.stop.go') }).click();
  await navigator.getByText(say('en', 'handoff.flash.stop')).waitFor();
  const person = await visit({ locale: 'es' });
  await person.goto('/me');
  await person.locator('input[name=code]').fill(code);
  await person.getByRole('button', { name: say('es', 'me.door.go') }).click();
  await h1(person, say('es', 'me.ended.by_code'));
});
