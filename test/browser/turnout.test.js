// Bringing people to an assembly as they meet it: who brings how many, who asked
// whom, the question two days before, and a door with numbers on two phones whose
// line is cut. The demo's next assembly is twelve days ahead, at half past six.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, saying, sound, tabTo } from './harness.js';

const journey = journeys();
const day = 24, evening = 12 * day + 8; // hours from ten in the morning to six on the day

/** The turnout that is under way; returns its address. */
async function open(page) {
  await page.goto('/turnout');
  await press(page, page.getByRole('link', { name: 'Bus 14 in the evening' }));
  return new URL(page.url()).pathname;
}

for (const locale of ['en', 'ar']) {
  journey(`from the goal to the tree, ${locale}`, async ({ visit }) => {
    const ana = await visit({ role: 'organizer', locale, width: 360, height: 740 });
    await ana.goto('/turnout');
    await sound(ana, 'the list');
    await picture(ana, `turnout-list-${locale}`);
    const reliable = ana.locator('section[aria-labelledby=reliable] tr');
    const row = async (name) => (await reliable.filter({ hasText: name }).innerText()).replace(/\s+/g, ' ');
    assert.match(await row('St Anne Parish'), /60 52 .?87/, 'an institution keeps what it promised');
    assert.match(await row('Care Workers Local 48'), /40 19 .?48/);
    const at = await open(ana);
    await sound(ana, 'the board');
    await picture(ana, `turnout-board-${locale}`);
    assert.ok((await ana.locator('main').innerText()).includes(say(locale, 'turnout.rule_say', { Seats: 220, Promises: 330 })), 'the rule is suggested');

    await press(ana, ana.getByRole('link', { name: 'Riverside Mosque' }));
    await sound(ana, 'the numbers of an institution');
    await ana.locator('[name=yes]').fill('4');
    await ana.locator('[name=confirmed]').fill('9');
    await press(ana, ana.locator('main form .button.primary'));
    await ana.locator('#errors').waitFor();
    await sound(ana, 'a wrong number');
    await ana.locator('[name=confirmed]').fill('0');
    await press(ana, ana.locator('main form .button.primary'));

    // Asking somebody, by keyboard alone.
    await ana.goto(at + '/ask');
    await tabTo(ana, ana.locator('[name=q]'));
    await ana.keyboard.type('dalia');
    await Promise.all([ana.waitForURL(/q=dalia/), ana.keyboard.press('Enter')]);
    await sound(ana, 'whom to ask');
    await tabTo(ana, ana.locator('[name=by]'));
    await ana.locator('[name=by]').selectOption({ label: 'Leon Brooks' });
    await tabTo(ana, ana.locator('main form .button.primary'));
    await Promise.all([ana.waitForURL(/\/ask\?by=/), ana.keyboard.press('Enter')]);
    await ana.getByText(say(locale, 'turnout.flash.asked')).waitFor();
    await ana.goto(at + '/tree');
    await sound(ana, 'the tree');
    await picture(ana, `turnout-tree-${locale}`);
    // Thu → Beatriz → Samuel → Leon → Dalia
    assert.equal(await ana.locator('.branches .branches .branches .branches .branches').locator('bdi', { hasText: 'Dalia Reyes' }).count(), 1, 'five levels deep');
    const wide = await visit({ role: 'organizer', locale });
    for (const path of ['', '/tree', '/calls', '/share', '/edit']) {
      await wide.goto(at + path);
      await sound(wide, path);
    }
  });

  journey(`a leader has their own branch, ${locale}`, async ({ visit }) => {
    const thu = await visit({ role: 'leader', locale, width: 320, height: 640 });
    await thu.goto('/today');
    await sound(thu, 'today');
    const at = await open(thu);
    await sound(thu, 'my branch');
    await picture(thu, `turnout-mine-${locale}`);
    const words = await thu.locator('main').innerText();
    if (locale === 'en') assert.ok(words.includes(say(locale, 'turnout.i_bring', { Count: 5 })), 'what I said I would bring');
    assert.ok(!words.includes('Javier Soto') && !words.includes('St Anne'), 'nobody else');
    for (const path of ['/tree', '/calls', '/ask']) {
      await thu.goto(at + path);
      await sound(thu, path);
      assert.ok(!(await thu.locator('main').innerText()).includes('Javier Soto'), `${path} shows another branch`);
    }
  });
}

journey('on my own page stands what I said I would bring', async ({ visit, demo }) => {
  const page = await visit({ width: 320, height: 640 });
  await page.goto('/me');
  await page.locator('[name=code]').fill(demo.codes.Beatriz);
  await press(page, page.locator('main .button.primary'));
  await page.getByText(saying('en', 'turnout.i_bring')).first().waitFor();
  await sound(page, 'my own page');
  await page.getByRole('link', { name: say('en', 'turnout.own_yes') }).waitFor();
});

journey('two days before: messages, calls, and an answer on a phone', async ({ visit, demo }) => {
  demo.setClock(10 * day);
  const ana = await visit({ role: 'organizer', width: 360, height: 740 });
  const at = await open(ana);
  await sound(ana, 'two days before');
  await press(ana, ana.getByRole('link', { name: say('en', 'turnout.calls') }).first());
  await sound(ana, 'the call list');
  await picture(ana, 'turnout-calls');
  await press(ana, ana.getByRole('button', { name: say('en', 'turnout.send') }));
  await ana.getByText(say('en', 'turnout.flash.sent')).waitFor();
  assert.equal(await ana.getByRole('button', { name: say('en', 'turnout.send') }).count(), 0, 'nobody is asked twice');
  await press(ana, ana.getByRole('button', { name: say('en', 'turnout.show_number') + ' Tess Morgan' }));
  assert.match(await ana.locator('a[href^="tel:"]').innerText(), /^\+1503555\d{4}$/);
  await sound(ana, 'a number is open');
  await press(ana, ana.getByRole('button', { name: say('en', 'turnout.result.unreached') + ' Tess Morgan' }));
  await ana.locator('section[aria-labelledby=later] bdi', { hasText: 'Tess Morgan' }).waitFor();
  await press(ana, ana.getByRole('button', { name: say('en', 'turnout.sheet') }));
  await sound(ana, 'the list on paper');
  assert.doesNotMatch(await ana.locator('body').innerText(), /Bus 14/);
  await ana.goto(at);

  // Beatriz opens the page of her answer from her own page, in Arabic, on a small phone.
  const own = await visit({ width: 320, height: 640 });
  await own.goto('/me');
  await own.locator('[name=code]').fill(demo.codes.Beatriz);
  await press(own, own.locator('main .button.primary'));
  const link = await own.getByRole('link', { name: say('en', 'turnout.own_yes') }).getAttribute('href');
  for (const locale of ['en', 'ar']) {
    const phone = await visit({ locale, width: 320, height: 640 });
    await phone.goto(link);
    assert.equal(await phone.title(), say(locale, 'style.neutral_title'));
    assert.doesNotMatch(await phone.locator('main').innerText(), /Bus 14|Beatriz/);
    await sound(phone, 'am I coming');
    await tabTo(phone, phone.locator('input[name=coming]'));
    await phone.keyboard.press('Space');
    await press(phone, phone.locator('main .button.primary').first());
    await phone.getByText(say(locale, 'turnout.said.yes')).waitFor();
    await sound(phone, 'thank you');
    await picture(phone, `turnout-reply-${locale}`);
  }
  const bare = await visit({ javaScriptEnabled: false, width: 320, height: 640 });
  await bare.goto(link);
  await bare.locator('input[value=no]').check({ force: true });
  await press(bare, bare.locator('main .button.primary').first());
  await bare.getByText(say('en', 'turnout.said.no')).waitFor();
});

/** The number a phone shows for an institution. */
const shown = async (page, name) => Number(await page.locator('.tally li', { hasText: name }).locator('.tally-n').innerText());
const more = (page, name) => page.locator('.tally li', { hasText: name }).getByRole('button').last();
const less = (page, name) => page.locator('.tally li', { hasText: name }).getByRole('button').first();

async function until(what, fn) {
  for (const end = Date.now() + 20_000; !(await fn());) {
    assert.ok(Date.now() < end, what);
    await new Promise((r) => setTimeout(r, 100));
  }
}

journey('two phones count at a door without a line, and nothing is lost or doubled', async ({ visit, demo }) => {
  demo.setClock(evening);
  const one = await visit({ role: 'organizer', width: 360, height: 740 });
  const two = await visit({ role: 'organizer', width: 360, height: 740, locale: 'ar' });
  const at = await open(one);
  await sound(one, 'the board on the evening');
  for (const page of [one, two]) {
    await page.goto(at + '/tally');
    await page.locator('sb-tally[data-ready]').waitFor();
    await sound(page, 'the door by numbers');
    await until('the page is not kept', () => page.evaluate(async (door) => (await (await caches.open('sb-pages')).keys()).some((k) => new URL(k.url).pathname === door), at + '/tally'));
  }
  await picture(one, 'turnout-tally');
  await picture(two, 'turnout-tally-ar');
  await more(one, 'St Anne').click();
  await until('the press did not arrive', () => one.getByText(say('en', 'turnout.all_sent')).isVisible());
  for (const page of [one, two]) await page.context().setOffline(true);
  for (let i = 0; i < 5; i++) await more(one, 'St Anne').click();
  await less(one, 'St Anne').click();
  for (let i = 0; i < 3; i++) await more(two, 'St Anne').click();
  await more(two, 'Bethel').click();
  assert.equal(await shown(one, 'St Anne'), 5, 'a press counts at once');
  await one.reload(); // the kept page opens without a line, and knows what was pressed
  await one.locator('sb-tally[data-ready]').waitFor();
  await until('presses that wait are not shown', async () => await shown(one, 'St Anne') === 5);
  await tabTo(one, more(one, 'St Anne'));
  await one.keyboard.press('Enter');
  assert.equal(await shown(one, 'St Anne'), 6);
  // The answer to the first try is lost on the way: it is sent again and counts once.
  let lost = 0;
  await one.context().route((url) => url.pathname === at + '/tally', async (route) => {
    if (route.request().method() !== 'POST' || lost++) return route.continue();
    await route.fetch();
    return route.abort();
  });
  for (const page of [one, two]) await page.context().setOffline(false);
  await until('the phones do not agree', async () => {
    for (const page of [one, two]) await page.evaluate(() => dispatchEvent(new Event('online')));
    return await shown(one, 'St Anne') === 9 && await shown(two, 'St Anne') === 9 && await shown(one, 'Bethel') === 1;
  });
  assert.ok(lost > 0, 'no answer was lost');
  await two.goto(at + '/tally');
  assert.equal(await shown(two, 'St Anne'), 9, 'the server has it');
  await sound(two, 'the door, counted');
});

journey('names at the door without a line; roll call; the books are closed', async ({ visit, demo }) => {
  demo.setClock(evening);
  const page = await visit({ role: 'organizer', width: 360, height: 740 });
  const at = await open(page);
  await page.goto(at + '/door');
  await page.locator('sb-offline[data-ready]').first().waitFor();
  await sound(page, 'the door by name');
  await picture(page, 'turnout-door');
  await until('the door is not kept', () => page.evaluate(async (door) => (await (await caches.open('sb-pages')).keys()).some((k) => new URL(k.url).pathname === door), at + '/door'));
  await page.context().setOffline(true);
  for (const name of ['Nora Finch', 'Lan Do', 'Nora Finch']) { // somebody presses a name twice
    await page.locator('#door-names button', { hasText: name }).click();
    await page.locator('.outbox-said').getByText(say('en', 'outbox.say.saved')).waitFor();
  }
  await page.context().setOffline(false);
  await page.goto('/outbox');
  await page.locator('sb-outbox .code').nth(2).waitFor();
  await page.goto(at + '/door');
  assert.equal(await page.locator('section[aria-labelledby=here] li').count(), 2);
  await sound(page, 'the door with people');
  await page.goto(at + '/roll');
  await page.locator('sb-offline[data-ready]').first().waitFor();
  await sound(page, 'the roll call');
  await picture(page, 'turnout-roll');
  const anne = page.locator('li', { hasText: 'St Anne Parish' });
  await anne.locator('[name=roll]').fill('11');
  await press(page, anne.getByRole('button'));
  demo.setClock(evening + 3);
  const later = await visit({ role: 'organizer' });
  await later.goto(at);
  await press(later, later.getByRole('button', { name: say('en', 'turnout.hold') }));
  await sound(later, 'the books are closed');
  await picture(later, 'turnout-held');
  assert.match((await later.locator('section[aria-labelledby=institutions-title] > .table-region tr', { hasText: 'St Anne Parish' }).innerText()).replace(/\s+/g, ' '), /^St Anne Parish 50 41 33 0 \d+ \d+% 11$/);
  for (const lang of ['en', 'es', 'vi', 'ar']) {
    await later.goto(`${at}?lang=${lang}`);
    const { wide, room } = await later.locator('section[aria-labelledby=institutions-title] > .table-region').evaluate((e) => ({ wide: e.scrollWidth, room: e.clientWidth }));
    assert.ok(wide <= room, `${lang}: no column of the held board is cut at 1280 px (${wide} in ${room})`);
  }
});
