// The demo's people without an account: a poster and a kiosk in the waiting room
// with what was said there, and statements on which invented voters voted.
package app

import (
	"fmt"
	"math/rand/v2"

	"seedbed/internal/organizing/answer"
	"seedbed/internal/organizing/listening"
	"seedbed/internal/organizing/statement"
	"seedbed/internal/platform/access"
	"seedbed/internal/platform/proof"
)

// demoSaid is what people said in the waiting room; the last ones still wait.
var demoSaid = []struct{ lang, text string }{
	{"en", "The 14 used to stop at our corner. Now my father takes two buses for his medicine."},
	{"es", "La renta subió otra vez y ya no alcanza para la comida."},
	{"vi", "Người thông dịch đến trễ, nên con tôi phải nói thay."},
	{"en", "Nobody calls back. I wait on the phone for an hour."},
	{"en", "I lose a day of pay for every visit. Open on Saturdays."},
	{"es", "Quitaron el autobús de la tarde y mi hija camina sola."},
	{"ar", "المصعد معطل منذ أشهر ولا أحد يصلحه."},
	{"vi", "Nhãn thuốc chỉ có tiếng Anh, mẹ tôi đọc không được."},
	{"es", "El parque no tiene luz y los niños ya no salen."},
	{"es", "El parque no tiene luz y los niños ya no salen a jugar."},
}

func (s *story) nameless() {
	ana := s.actors[access.Organizer]
	var campaign string
	s.then(s.day(6, 9, 0), func() (err error) { campaign, err = s.openCampaign(ana); return err })
	s.then(s.day(6, 10, 0), func() error { return s.heardOnPosters(ana, &campaign) })
	s.then(s.day(3, 18, 0), func() error { return s.votedOn(ana, &campaign) })
}

// openCampaign is the campaign in which people are heard now; one is begun if there is none.
func (s *story) openCampaign(ana access.Actor) (string, error) {
	list, err := s.sys.listens.Campaigns(s.ctx, ana)
	if err != nil {
		return "", err
	}
	for _, l := range list {
		if c, err := s.sys.listens.Get(s.ctx, ana, l.ID); err == nil && hears(c, s.sys.clock.Now()) {
			return c.ID, nil
		}
	}
	from := s.day(14, 0, 0)
	id, err := s.sys.listens.Plan(s.ctx, ana, listening.PlanIn{Name: "What weighs on us this winter", Languages: []string{"en", "es", "vi", "ar"}, Questions: map[string][]string{
		"en": {"What weighs on you and your family?", "What should change first?"}, "es": {"¿Qué les pesa a usted y a su familia?", "¿Qué debe cambiar primero?"},
		"vi": {"Điều gì đè nặng lên quý vị và gia đình?", "Điều gì nên thay đổi trước?"}, "ar": {"ما الذي يثقل عليك وعلى عائلتك؟", "ما الذي يجب أن يتغير أولًا؟"}},
		Starts: from, Ends: from.AddDate(0, 0, 70), People: 300, Sessions: 60, Listeners: 12})
	if err != nil {
		return "", err
	}
	if _, err := s.sys.listens.SaveListener(s.ctx, ana, listening.ListenerIn{Campaign: id, Who: listening.Who{Account: ana.Account}, Goal: 20}); err != nil {
		return "", err
	}
	return id, s.sys.listens.Open(s.ctx, ana, id, "")
}

// heardOnPosters hangs up a poster, sets up a kiosk, and lets people answer; all but
// the last four answers have been looked at.
func (s *story) heardOnPosters(ana access.Actor, campaign *string) error {
	anybody := access.Anonymous(s.org)
	if _, err := s.sys.answers.SavePlace(s.ctx, ana, answer.PlaceIn{Campaign: *campaign, Name: "Hallway poster", Language: "es"}); err != nil {
		return err
	}
	made, err := s.sys.answers.SavePlace(s.ctx, ana, answer.PlaceIn{Campaign: *campaign, Name: "Front waiting room", Language: "en", Kiosk: true})
	if err != nil {
		return err
	}
	place, err := s.sys.answers.PlaceByID(s.ctx, ana, made)
	if err != nil {
		return err
	}
	for i, said := range demoSaid {
		sheet, err := s.sys.answers.Open(s.ctx, anybody, place.Token)
		if err != nil {
			return err
		}
		in := answer.In{Token: place.Token, Language: said.lang, Said: answer.Said{sheet.Asked.Questions[0].ID: said.text}, Receipt: sheet.Receipt,
			Form: proof.Form{Challenge: sheet.Challenge, Nonce: proof.Work(sheet.Challenge), Network: "demo"}}
		if err := s.sys.answers.Answer(s.ctx, anybody, in); err != nil {
			return err
		}
		if i != len(demoSaid)-5 {
			continue
		}
		q, err := s.sys.answers.Queue(s.ctx, ana, *campaign)
		if err != nil {
			return err
		}
		for _, c := range q.Clusters {
			for _, a := range c.Answers {
				if err := s.sys.answers.Approve(s.ctx, ana, []string{a.ID}, ""); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// demoStatements: what the first half of the voters and the second say to each, in
// percent of agreement.
var demoStatements = []struct {
	lang          string
	first, second int
	text          statement.Text
}{
	{"en", 92, 90, statement.Text{"en": "The bus 14 should come back.", "es": "El autobús 14 debe volver.", "vi": "Xe buýt 14 nên chạy lại.", "ar": "يجب أن يعود الباص 14."}},
	{"en", 88, 85, statement.Text{"en": "The clinic should be open on Saturdays.", "es": "La clínica debe abrir los sábados.", "vi": "Phòng khám nên mở cửa thứ Bảy.", "ar": "يجب أن تفتح العيادة أيام السبت."}},
	{"en", 85, 15, statement.Text{"en": "We should ask the city before we ask the landlords.", "es": "Hay que hablar con la ciudad antes que con los dueños.", "vi": "Chúng ta nên hỏi thành phố trước khi hỏi chủ nhà.", "ar": "يجب أن نسأل المدينة قبل أن نسأل الملّاك."}},
	{"en", 12, 88, statement.Text{"en": "Rent comes first. Everything else can wait.", "es": "Primero la renta. Lo demás puede esperar.", "vi": "Tiền nhà là trước hết. Việc khác có thể chờ.", "ar": "الإيجار أولًا. كل شيء آخر يمكن أن ينتظر."}},
	{"en", 80, 20, statement.Text{"en": "Small steps this year are better than one big demand.", "es": "Este año es mejor ir por pasos que pedir algo grande.", "vi": "Năm nay đi từng bước nhỏ tốt hơn một đòi hỏi lớn."}},
	{"en", 15, 84, statement.Text{"en": "We should march before the winter ends.", "es": "Debemos marchar antes de que acabe el invierno.", "ar": "يجب أن نخرج في مسيرة قبل نهاية الشتاء."}},
	{"es", 86, 82, statement.Text{"es": "Nadie debe esperar dos horas por un intérprete.", "en": "Nobody should wait two hours for an interpreter."}},
	{"en", 84, 86, statement.Text{"en": "Meetings should be on weekday evenings."}},
	{"vi", 18, 78, statement.Text{"vi": "Chúng ta nên mời báo chí đến buổi họp tới.", "en": "We should invite the press to the next meeting."}},
}

// votedOn opens a conversation and lets sixty-two people of two minds vote.
func (s *story) votedOn(ana access.Actor, campaign *string) error {
	made, err := s.sys.says.Save(s.ctx, ana, statement.ConversationIn{Campaign: *campaign, Title: "What do we work on first?", Language: "en", Live: true})
	if err != nil {
		return err
	}
	c, err := s.sys.says.Get(s.ctx, ana, made)
	if err != nil {
		return err
	}
	agrees := map[string][2]int{}
	for _, d := range demoStatements {
		id, err := s.sys.says.Seed(s.ctx, ana, statement.SeedIn{Conversation: made, Language: d.lang, Text: d.text})
		if err != nil {
			return err
		}
		agrees[id] = [2]int{d.first, d.second}
	}
	r := rand.New(rand.NewPCG(14, 9))
	for i := range 62 {
		receipt, err := s.votesOfOne(c.Token, func(id string) string {
			switch n := r.IntN(100); {
			case r.IntN(12) == 0:
				return "pass"
			case n < agrees[id][i%2]:
				return "agree"
			}
			return "disagree"
		})
		if err != nil {
			return err
		}
		if sent := map[int][2]string{20: {"en", "The waiting room needs a corner for children."}, 41: {"es", "Que alguien cuide a los niños en las reuniones."}}[i]; sent[1] != "" {
			if err := s.sys.says.Send(s.ctx, access.Anonymous(s.org), statement.SendIn{Token: c.Token, Language: sent[0], Text: sent[1], Receipt: receipt}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *story) votesOfOne(token string, say func(id string) string) (receipt string, err error) {
	anybody := access.Anonymous(s.org)
	for n := 0; ; n++ {
		b, err := s.sys.says.Ballot(s.ctx, anybody, token, receipt, "")
		if err != nil {
			return "", err
		}
		if receipt = b.Receipt; b.Statement == nil {
			return receipt, nil
		}
		in := statement.VoteIn{Token: token, Statement: b.Statement.ID, Vote: say(b.Statement.ID), Receipt: receipt}
		if b.Challenge != "" {
			in.Form = proof.Form{Challenge: b.Challenge, Nonce: proof.Work(b.Challenge), Network: fmt.Sprint("demo", n)}
		}
		if err := s.sys.says.Vote(s.ctx, anybody, in); err != nil {
			return "", err
		}
	}
}
