// The cycle as leaders and organizers meet it: a problem cut to an issue by keyboard
// on a small phone, a turn through its gates into the next one, and a notebook that
// goes from one organizer to another.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, saying, sound, tabTo } from './harness.js';

const journey = journeys();
const phone = { width: 320, height: 640, timezoneId: 'America/Los_Angeles' };

/** Presses the primary button of the page's form with the keyboard. */
async function enter(page) {
  const button = page.locator('main form .button.primary').last();
  await tabTo(page, button, 120);
  await page.evaluate(() => { window.before = true; });
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => !window.before && document.readyState === 'complete');
}

/** Types into a field reached with the keyboard. */
async function type(page, name, text) {
  const field = page.locator(`[name=${name}]`).first();
  await tabTo(page, field, 120);
  await field.fill(text);
}

/** A day so many days from the program's today. */
const day = (demo, days) => new Date(demo.now().getTime() + days * 86_400_000).toISOString().slice(0, 10);

for (const locale of ['en', 'ar']) {
  journey(`a problem is cut to an issue by keyboard on a small phone, ${locale}`, async ({ visit, demo }) => {
    const page = await visit({ ...phone, role: 'leader', locale });
    await page.goto('/issues');
    await sound(page, 'issues');
    await page.goto('/issues/new');
    await sound(page, 'a new issue');
    await enter(page); // everything that is missing is said
    assert.ok(await page.locator('#f-problem-error').isVisible());
    const cycle = page.locator('input[name=cycle]').first();
    await tabTo(page, cycle, 120);
    await page.keyboard.press('Space');
    await type(page, 'problem', 'Nobody can read the labels');
    await type(page, 'title', `Labels again, ${locale}`);
    await enter(page);
    const at = new URL(page.url()).pathname;
    assert.match(at, /^\/issues\/[0-9a-f-]{36}$/);
    await sound(page, 'a proposed issue');

    await press(page, page.getByRole('link', { name: say(locale, 'cycle.do.ask') }));
    await enter(page);
    for (const field of ['action', 'due', 'leverage']) assert.ok(await page.locator(`#f-${field}-error`).isVisible(), `${field} is missing and nothing says so`);
    await sound(page, 'an ask with every part missing');
    const other = page.locator('summary', { hasText: say(locale, 'cycle.ask.other') });
    if (await other.count() && !(await page.locator('[name=name]').isVisible())) {
      await tabTo(page, other, 120);
      await page.keyboard.press('Enter');
    }
    await type(page, 'name', 'County Pharmacy Board');
    await type(page, 'action', 'adopts a rule for labels in ten languages');
    await type(page, 'due', day(demo, 90));
    await type(page, 'leverage', 'she wants fewer emergency visits');
    await enter(page);
    assert.equal((await page.locator('#f-name-error').innerText()).includes(say(locale, 'cycle.error.institution')), true, 'a board is no person');
    await sound(page, 'an institution is refused');
    await picture(page, `cycle-ask-${locale}`);
    await type(page, 'name', 'Elena Reyes');
    await enter(page);
    assert.match(await page.locator('.ask-sentence').innerText(), /Elena Reyes.*ten languages.*emergency visits/s);

    await press(page, page.getByRole('link', { name: say(locale, 'cycle.do.test') }).first());
    await sound(page, 'which questions');
    await enter(page);
    for (let n = 1; n <= 6; n++) {
      assert.equal(new URL(page.url()).pathname, `${at}/score/${n - 1}`);
      await tabTo(page, page.locator('input[name=score]').first(), 120);
      await page.keyboard.press('Space');
      if (n === 2) await page.keyboard.press('ArrowDown'); // partly
      if (n === 1) {
        await enter(page);
        assert.ok(await page.locator('#f-reason-error').isVisible(), 'a score without a reason');
        await sound(page, 'a question without a reason');
      }
      await type(page, 'reason', 'Seven house meetings said so.');
      if (n === 6) await picture(page, `cycle-question-${locale}`);
      await enter(page);
    }
    assert.ok((await page.locator('main').innerText()).includes(say(locale, 'cycle.advice', { Points: 11, Most: 12 })));
    await sound(page, 'a tested issue');
    await tabTo(page, page.getByRole('button', { name: say(locale, 'cycle.do.cut') }), 120);
    await Promise.all([page.waitForLoadState('load'), page.keyboard.press('Enter')]);
    await page.getByText(say(locale, 'cycle.flash.state')).waitFor();

    // An alternative is set aside with its reason, and the history knows both.
    await press(page, page.getByRole('link', { name: say(locale, 'cycle.become') }));
    await sound(page, 'what becomes of it');
    await page.locator('label', { has: page.locator('input[name=to][value=parked]') }).click();
    await type(page, 'reason', 'The bus comes first.');
    await enter(page);
    assert.ok((await page.locator('section[aria-labelledby=why]').innerText()).includes('The bus comes first.'));
    await page.locator('summary', { hasText: saying(locale, 'cycle.history') }).click();
    const history = await page.locator('.timeline').innerText();
    for (const act of ['propose', 'ask', 'list']) assert.ok(history.includes(say(locale, `cycle.act.${act}`)), `the history does not know ${act}`);
    assert.ok(history.includes(say(locale, 'account.role.leader')));
    await sound(page, 'set aside, with its history');
    await picture(page, `cycle-parked-${locale}`);
  });
}

journey('a turn through its gates, and into the next one', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer', width: 360, height: 740, timezoneId: 'America/Los_Angeles' });
  await ana.goto('/cycles');
  await sound(ana, 'cycles');
  await press(ana, ana.getByRole('link', { name: say('en', 'cycle.new') }));
  await ana.locator('[name=name]').fill('Water in the park');
  await ana.locator('label', { has: ana.locator('input[name=teams]') }).first().click();
  await sound(ana, 'a new cycle');
  await press(ana, ana.locator('main form .button.primary'));
  const at = new URL(ana.url()).pathname;
  await sound(ana, 'a cycle that begins');
  await picture(ana, 'cycle-begun');
  const on = (phase) => say('en', 'cycle.gate.to', { Phase: say('en', `cycle.phase.${phase}`) });
  await press(ana, ana.getByRole('button', { name: on('listening') })); // a team is there: the gate is open
  assert.equal(await ana.getByRole('button', { name: on('discerning') }).count(), 0, 'nobody has reported back');
  const force = async (where, to, why) => {
    await ana.goto(where + '/move');
    await ana.locator('label', { has: ana.locator(`input[name=to][value=${to}]`) }).click();
    await press(ana, ana.locator('main form .button.primary'));
    await ana.locator('#f-reason-error').waitFor(); // a shut gate opens in words only
    await ana.locator('[name=reason]').fill(why);
    await press(ana, ana.locator('main form .button.primary'));
  };
  await force(at, 'discerning', 'We heard everybody in the park on Sunday.');
  await sound(ana, 'after a gate was opened');

  await press(ana, ana.getByRole('link', { name: say('en', 'cycle.issue.new') }));
  await ana.locator('[name=problem]').fill('There is no water in the park');
  await ana.locator('[name=title]').fill('Two fountains');
  await press(ana, ana.locator('main form .button.primary'));
  const issue = new URL(ana.url()).pathname;
  await ana.goto(issue + '/ask');
  const other = ana.locator('summary', { hasText: say('en', 'cycle.ask.other') });
  if (await other.count()) await other.click();
  await ana.locator('[name=name]').fill('Lucia Marchetti');
  await ana.locator('[name=action]').fill('opens two fountains');
  await ana.locator('[name=due]').fill(day(demo, 60));
  await ana.locator('[name=leverage]').fill('she is a candidate in the election');
  await press(ana, ana.locator('main form .button.primary'));
  await ana.getByText(say('en', 'cycle.error.partisan')).first().waitFor(); // gently
  await sound(ana, 'an ask that sounds like an election');
  await ana.locator('[name=leverage]').fill('she wants more people in the park');
  await press(ana, ana.locator('main form .button.primary'));
  await ana.goto(issue + '/score');
  await ana.locator('label', { has: ana.locator('input[value=lee]') }).click();
  await press(ana, ana.locator('main form .button.primary'));
  for (let n = 0; n < 4; n++) {
    await ana.locator('label', { has: ana.locator('input[name=score][value="2"]') }).click();
    await ana.locator('[name=reason]').fill('Everybody can see it.');
    await press(ana, ana.locator('main form .button.primary'));
  }
  await press(ana, ana.getByRole('button', { name: say('en', 'cycle.do.cut') }));
  await press(ana, ana.getByRole('button', { name: on('researching') }));
  await press(ana, ana.locator('main').getByRole('link', { name: 'Water in the park' }).first());
  await press(ana, ana.getByRole('button', { name: on('researching') })); // its issue is cut

  // The team decides in the room of decisions, and the issue hears of it.
  await ana.goto(issue);
  await press(ana, ana.getByRole('link', { name: say('en', 'cycle.do.decide') }));
  await ana.locator('[name=question]').fill('Do we ask for two fountains?');
  await ana.locator('label', { has: ana.locator('input[name=method][value=agree]') }).click();
  await ana.locator('label', { has: ana.locator('input[name=openness][value=hands]') }).click();
  await press(ana, ana.locator('main form .button.primary'));
  const decision = new URL(ana.url()).pathname.replace(/\/voters$/, '');
  await decide(ana, decision);
  const adopted = say('en', 'cycle.state.adopted');
  for (const late = Date.now() + 20_000; ;) { // the program tells the issue by itself
    await ana.goto(issue);
    if ((await ana.locator('.page-head').innerText()).includes(adopted)) break;
    assert.ok(Date.now() < late, 'the issue did not hear of the decision');
  }
  await sound(ana, 'an adopted issue');

  await force(issue, 'acting', 'We asked the gardeners; it was talked over on the bench.');
  await ana.goto(issue + '/state');
  await ana.locator('label', { has: ana.locator('input[name=to][value=partly_won]') }).click();
  await ana.locator('[name=reason]').fill('One fountain, by summer.');
  await press(ana, ana.locator('main form .button.primary'));
  await force(issue, 'evaluating', 'It was said in a letter.');
  for (const to of ['acting', 'evaluating']) await force(at, to, 'With its issue.');
  await sound(ana, 'a cycle that is evaluated');
  await ana.goto(issue + '/settle');
  await sound(ana, 'carry on or move on');
  await ana.locator('label', { has: ana.locator('input[value=carry_on]') }).click();
  await ana.locator('[name=learned]').fill('Children who ask get an answer.');
  await press(ana, ana.locator('main form .button.primary'));
  await ana.goto(at + '/next');
  await ana.locator('[name=name]').fill('Water, second turn');
  await sound(ana, 'the next turn');
  await press(ana, ana.locator('main form .button.primary'));
  const text = await ana.locator('main').innerText();
  for (const want of ['Children who ask get an answer.', 'Two fountains', 'Water in the park']) assert.ok(text.includes(want), `the next turn does not know: ${want}`);
  await sound(ana, 'a turn that begins with what was learned');
  await picture(ana, 'cycle-next-turn');

  const ruth = await visit({ role: 'lead', locale: 'ar', ...phone });
  await ruth.goto(at);
  await sound(ruth, 'a cycle, for whoever answers for the clinic');
  assert.equal(await ruth.locator('main form[method=post]').count(), 0);
});

/** Opens a decision, counts hands for it, closes and records it. */
async function decide(page, at) {
  await page.goto(at);
  await press(page, page.locator(`form[action="${at}/open"] button`));
  await page.locator('[name=hands_agree]').fill('9');
  await press(page, page.locator(`form[action="${at}/hands"] button`));
  await page.goto(at);
  await press(page, page.locator(`form[action="${at}/close"] button`));
  await page.goto(at);
  const minutes = page.locator('[name=minutes]');
  if (await minutes.count()) await minutes.fill('Decided after reading it aloud.');
  await press(page, page.locator(`form[action="${at}/record"] button`).last());
}

journey('a notebook goes from one organizer to another', async ({ visit }) => {
  const ana = await visit({ role: 'organizer', width: 360, height: 740 });
  await ana.goto('/cycles');
  await press(ana, ana.getByRole('link', { name: 'Bus 14 and rent' }));
  await press(ana, ana.getByRole('link', { name: say('en', 'cycle.notebook') }));
  await sound(ana, 'the notebook');
  await ana.locator('[name=text]').fill('The key to the hall is with the sexton.');
  await press(ana, ana.getByRole('button', { name: say('en', 'cycle.note.save') }));
  await ana.getByText('The key to the hall is with the sexton.').first().waitFor();
  await picture(ana, 'cycle-notebook');
  await press(ana, ana.getByRole('link', { name: say('en', 'cycle.notebook_print') }));
  await sound(ana, 'the notebook on paper');
  await ana.goBack();
  await press(ana, ana.getByRole('link', { name: say('en', 'cycle.handover') }));
  await sound(ana, 'to whom');
  await ana.locator('label', { hasText: 'Noor Saleh' }).click();
  await press(ana, ana.locator('main form .button.primary'));
  await ana.getByText(say('en', 'cycle.handover.waiting')).waitFor();
  await sound(ana, 'handed over');
});
