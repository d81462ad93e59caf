// A research action as a team lives it: planned with too few questions, a part for
// everybody, notes on a phone without a line, who came, the round on the pavement, and
// what follows within three days. And a change from the day it was named to the day it
// is put into practice, written down out of order.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, saying, sound, tabTo } from './harness.js';

const journey = journeys();
const roles = ['chair', 'credential', 'story', 'questioner', 'time', 'notes'];

/** Plans a meeting that began this morning; returns its address. */
async function plan(page, lang, questions) {
  await page.goto('/stipends/new'); // its day is today, by the program's clock
  const today = await page.locator('[name=day]').inputValue();
  await page.goto('/research');
  await sound(page, 'research actions');
  await press(page, page.getByRole('link', { name: say(lang, 'research.plan') }));
  await sound(page, 'the form of a research action');
  await page.locator('[name=host]').fill('Director of the hospital pharmacy');
  await page.locator('label', { has: page.locator('[name=purpose]').first() }).first().click();
  await page.locator('[name=questions]').fill(questions.join('\n'));
  await page.locator('[name=date]').fill(today);
  await page.locator('[name=time]').fill('09:00');
  await page.locator('[name=rehearse_date]').fill('');
  await page.locator('[name=rehearse_time]').fill('');
  await page.locator('[name=team]').selectOption({ label: 'Language access team' });
  await press(page, page.locator('main form .button.primary'));
  assert.match(new URL(page.url()).pathname, /^\/research\/[0-9a-f-]{36}\/parts$/);
  return new URL(page.url()).pathname.replace('/parts', '');
}

/** Takes in whoever is offered until there are n, and gives each a part. */
async function cast(page, n) {
  for (let i = await page.locator('select[name^=role_]').count(); i < n; i++) {
    const add = page.locator('button[value^="add:"]').first();
    if (!(await add.count())) break;
    await press(page, add);
  }
  const people = page.locator('select[name^=role_]');
  const have = await people.count();
  for (let i = 0; i < have; i++) await people.nth(i).selectOption(roles[i % roles.length]);
  return have;
}

for (const { locale, width } of [{ locale: 'en', width: 1280 }, { locale: 'ar', width: 320 }]) {
  journey(`a research action from the plan to what follows, ${locale} at ${width} px`, async ({ visit }) => {
    const page = await visit({ role: 'organizer', locale, width, height: 720, timezoneId: 'America/Los_Angeles' });
    const at = await plan(page, locale, ['What does a label cost?', 'Who decides?', 'Who has done it?']);
    await sound(page, 'parts');
    await page.getByText(say(locale, 'research.role.chair')).first().waitFor();
    assert.match(await page.locator('.notice').first().innerText(), saying(locale, 'research.warning.empty_role'));

    await page.goto(at);
    await sound(page, 'a planned research action');
    await page.getByText(say(locale, 'research.ask_only')).waitFor();
    assert.equal(await page.locator('.notice.late').count(), 3, 'empty parts, few questions, no rehearsal');
    await page.getByText(say(locale, 'research.warning.no_rehearsal')).waitFor();
    await picture(page, `research-planned-${locale}`);
    await page.goto(at + '/parts');
    const have = await cast(page, 4);
    assert.ok(have >= 3, 'the team is offered');
    await sound(page, 'who does what');
    await picture(page, `research-parts-${locale}`);
    await tabTo(page, page.locator('button[value=assign]'));
    await page.keyboard.press('Enter');
    await page.waitForURL('**' + at);
    await page.goto('/today'); // the parts that nobody has are somebody's work
    await page.getByRole('link', { name: say(locale, 'research.next.fill_roles') }).first().waitFor();
    await page.goto(at + '/sheet');
    await page.getByText(say(locale, 'research.ask_only')).waitFor();
    await sound(page, 'the sheet on paper');

    // In a basement: two notes without a line, both there when it is back.
    await page.goto(at + '/notes');
    await page.locator('sb-offline[data-ready]').waitFor({ state: 'attached' });
    await page.getByText(say(locale, 'research.ask_only')).waitFor();
    await sound(page, 'notes');
    for (const end = Date.now() + 15_000; !(await page.evaluate(async (p) => (await (await caches.open('sb-pages')).keys()).some((k) => new URL(k.url).pathname === p), at + '/notes'));) {
      assert.ok(Date.now() < end, 'the page of notes is not kept');
      await new Promise((r) => setTimeout(r, 50));
    }
    await page.context().setOffline(true);
    await page.reload();
    await page.locator('sb-offline[data-ready]').waitFor({ state: 'attached' });
    await page.locator('[name^=answer_]').first().fill('Forty cents a label.');
    await page.locator('[name=learned]').fill('There is a vendor.');
    await page.locator('main form .button.primary').click();
    await page.locator('.outbox-said').getByText(say(locale, 'outbox.say.saved')).waitFor();
    await picture(page, `research-notes-${locale}`);
    await page.context().setOffline(false);
    await page.goto('/outbox');
    await page.locator('sb-outbox .code').first().waitFor(); // the receipt
    await page.goto(at);
    await page.locator('.as-written', { hasText: 'Forty cents a label.' }).waitFor();
    await page.locator('.as-written', { hasText: 'There is a vendor.' }).waitFor();

    await press(page, page.getByRole('link', { name: say(locale, 'research.hold') }));
    await sound(page, 'who came');
    await tabTo(page, page.locator('[name=others]'));
    await page.locator('[name=others]').fill('1');
    await page.keyboard.press('Enter');
    await page.waitForURL('**' + at);
    await page.getByText(say(locale, 'research.evaluate_first')).waitFor(); // nothing is closed without it
    assert.equal(await page.locator('button[value=close]').count(), 0);
    await sound(page, 'a research action that was held');
    await press(page, page.getByRole('link', { name: say(locale, 'research.evaluate') }));
    await page.locator('[name=felt]').fill('nervous 2, proud 3');
    await page.locator('[name=worked]').fill('Everybody had a part.');
    await press(page, page.locator('form', { has: page.locator('[name=felt]') }).getByRole('button', { name: say(locale, 'evaluation.write'), exact: true }));
    await press(page, page.getByRole('button', { name: say(locale, 'evaluation.finish'), exact: true }));

    await page.goto(at);
    await sound(page, 'what has to follow');
    await picture(page, `research-follow-${locale}`);
    for (let n = 0; n < 3; n++) {
      const done = page.locator('button[value^="done:"]').first();
      await tabTo(page, done, 120);
      await page.keyboard.press('Enter');
      await page.waitForURL('**' + at + '*');
      await page.locator('button[value^="undone:"]').nth(n).waitFor();
    }
    await press(page, page.locator('button[value=close]'));
    await page.getByText(say(locale, 'research.state.followed_up')).first().waitFor();
    await sound(page, 'a research action that is closed');
  }, 240_000);
}

for (const { locale, width } of [{ locale: 'en', width: 1280 }, { locale: 'ar', width: 320 }]) {
  journey(`a change from named to put into practice, ${locale} at ${width} px`, async ({ visit }) => {
    const page = await visit({ role: 'organizer', locale, width, height: 720, timezoneId: 'America/Los_Angeles' });
    await page.goto('/changes');
    await sound(page, 'changes');
    await picture(page, `changes-${locale}`);
    await page.locator('#ladder summary').click();
    assert.ok((await page.locator('#ladder tbody tr').count()) >= 11, 'the picture has its table');
    await press(page, page.getByRole('link', { name: say(locale, 'change.new') }));
    await sound(page, 'the form of a change');
    await page.locator('[name=title]').fill('Labels in ten languages');
    await page.locator('[name=level]').selectOption('city');
    await page.locator('label', { has: page.locator('[name=rating][value=decisive]') }).click();
    await page.locator('[name=affected]').fill('48,000');
    await press(page, page.locator('main form .button.primary'));
    await page.locator('#errors').waitFor(); // a claim without reasons and others, a number without a basis, no day
    for (const field of ['narrative', 'others', 'affected_basis', 'named_on', 'evidence']) await page.locator(`#errors a[href="#f-${field}"]`).waitFor();
    await sound(page, 'the form with its mistakes');
    assert.equal(await page.locator('[name=affected]').inputValue(), '48,000');
    await page.locator('[name=affected_basis]').fill('census');
    await page.locator('[name=narrative]').fill('The board had laid it aside twice.');
    await page.locator('[name=others]').fill('School of nursing | counted labels | nursing.example');
    const year = new Date().getFullYear() - 1;
    await page.locator('[name=named_on]').fill(`${year}-01-10`);
    await page.locator('[name=evidence]').fill('A house meeting in spring.');
    await press(page, page.locator('main form .button.primary'));
    const at = new URL(page.url()).pathname;
    for (const [mark, day] of [['implemented', '09-01'], ['researched', '02-01'], ['adopted', '06-01'], ['on_agenda', '03-01'], ['committed', '05-01'], ['proposed', '04-01']]) {
      await page.locator('[name=mark]').selectOption(mark);
      await page.locator('[name=on]').fill(`${year}-${day}`);
      await page.locator('form#add [name=evidence]').fill(`Minutes of ${day}`);
      await page.locator('form#add [name=link]').focus();
      await press(page, page.locator('form#add button').last());
    }
    await sound(page, 'a change');
    await picture(page, `change-${locale}`);
    const said = await page.locator('section[aria-labelledby=steps] ol').innerText();
    const order = ['02-01', '03-01', '04-01', '05-01', '06-01', '09-01'].map((d) => said.indexOf(`Minutes of ${d}`));
    assert.ok(order.every((n, i) => n >= 0 && (i === 0 || n > order[i - 1])), 'the steps stand by date');
    assert.match(await page.locator('.page-head').innerText(), new RegExp(say(locale, 'change.mark.implemented')));
    await page.locator('#ladder summary').click();
    await page.locator('#ladder table').waitFor();
    await page.goto(at + '/edit');
    await sound(page, 'changing what is written');
    await tabTo(page, page.locator('main form .button.primary'), 120);
    await page.keyboard.press('Enter');
    await page.waitForURL('**' + at);
  }, 240_000);
}

journey('a member sees their part and nobody else', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer', timezoneId: 'America/Los_Angeles' });
  await ana.goto('/research');
  await press(ana, ana.getByRole('link', { name: 'Head of inspections in the next city' }));
  const at = new URL(ana.url()).pathname;
  await ana.goto(at + '/parts?q=Beatriz');
  await press(ana, ana.locator('button[value^="add:"]', { hasText: 'Beatriz' }).first());
  const phone = await visit({ width: 320, height: 640 });
  await phone.goto('/me');
  await phone.locator('[name=code]').fill(demo.codes.Beatriz);
  await press(phone, phone.locator('main .button.primary').first());
  await phone.goto('/me/together');
  await press(phone, phone.locator(`a[href="/me${at}"]`));
  assert.equal(await phone.title(), say('en', 'style.neutral_title'));
  await phone.getByText(say('en', 'research.ask_only')).waitFor();
  assert.doesNotMatch(await phone.locator('main').innerText(), /Rosalba|Yasmin|Denise/);
  await sound(phone, 'one’s own part');
  await picture(phone, 'research-mine');
});

for (const { locale, width } of [{ locale: 'en', width: 1280 }, { locale: 'ar', width: 320 }]) {
  journey(`options of an issue side by side, ${locale} at ${width} px`, async ({ visit }) => {
    const page = await visit({ role: 'organizer', locale, width, height: 720, timezoneId: 'America/Los_Angeles' });
    await page.goto('/options');
    await sound(page, 'issues with options');
    await press(page, page.getByRole('link', { name: 'Repairs within 30 days' }));
    const board = new URL(page.url()).pathname;
    await sound(page, 'options side by side');
    await picture(page, `options-${locale}`);
    const table = page.locator('.compare');
    assert.ok((await table.locator('thead th').count()) >= 3, 'each option is a column');
    assert.match(await table.innerText(), /Amara Cole/); // said yes to be named
    await press(page, page.getByRole('link', { name: say(locale, 'research.way_new') }));
    await sound(page, 'the form of an option');
    await page.locator('[name=what]').fill('Fines after thirty days');
    await page.locator('[name=cost]').fill('0');
    await page.locator('[name=basis]').fill('for the city');
    await tabTo(page, page.locator('main form .button.primary'), 80);
    await page.keyboard.press('Enter');
    await page.locator('#helpers').waitFor();
    const way = new URL(page.url()).pathname;
    await page.locator('[name=account]').selectOption({ label: 'Dr. Amara Cole' });
    await press(page, page.locator('form', { has: page.locator('[name=account]') }).getByRole('button').last());
    await sound(page, 'an option with who helped');
    await page.goto(board);
    const last = table.locator('tbody tr').nth(6).locator('td').last();
    assert.doesNotMatch(await last.innerText(), /Amara/); // no yes, no name
    await page.goto(way);
    await press(page, page.locator('button[value^="named:"]'));
    await page.goto(board + '/print');
    assert.match(await page.locator('.compare tbody tr').nth(6).locator('td').last().innerText(), /Amara Cole/);
    await sound(page, 'options on paper');
  });
}
