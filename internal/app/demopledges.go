// The demo's promises: thirty-one of six public bodies over a year, what came of
// them, and what the clinic promised itself.
package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"seedbed/internal/organizing/pledge"
	"seedbed/internal/platform/access"
)

// demoPromiser is somebody invented in public office.
type demoPromiser struct{ name, title, body string }

var demoPromisers = map[string]demoPromiser{
	"reyes":  {"Elena Reyes", "Director", "County Pharmacy Board"},
	"okafor": {"Tomas Okafor", "Mayor", "City of Millbrook"},
	"ruiz":   {"Daniel Ruiz", "Housing Commissioner", "City of Millbrook"},
	"finch":  {"Ada Finch", "Housing Commissioner", "City of Millbrook"},
	"nair":   {"Priya Nair", "General Manager", "Millbrook Transit"},
	"lindt":  {"Marta Lindt", "Health Officer", "County Health Department"},
	"chen":   {"Paul Chen", "Superintendent", "Millbrook Schools"},
	"vance":  {"Irene Vance", "President", "Riverbend Hospital"},
}

// demoPledge is one promise: who, how many days ago, due in how many days from then,
// what became of it, how many days ago that was seen, and by what.
type demoPledge struct {
	who            string
	said, due      int // days ago; days ago, negative is ahead, 0 for no day
	state          pledge.State
	seen           int
	proof          string
	en, es, vi, ar string
	parts          []string
	hall           bool // said at the spring assembly
	instead        int  // number of the one it replaces, from 1
}

// The promises of the spring assembly are said first; when that evening is told
// elsewhere in the demo, its own pledges stand in for them.
var demoPledges = []demoPledge{
	{who: "reyes", said: 150, due: 60, state: pledge.Kept, seen: 66, hall: true, proof: "The Board's rule 14 is in its minutes and on its site.",
		en: "We will adopt the rule for translated labels in ten languages.", es: "Adoptaremos la regla de etiquetas traducidas en diez idiomas.", vi: "Chúng tôi sẽ thông qua quy định nhãn thuốc dịch ra mười ngôn ngữ.", ar: "سنعتمد قاعدة الملصقات المترجمة بعشر لغات.",
		parts: []string{"Independent pharmacies", "Chain pharmacies", "Hospital pharmacies"}},
	{who: "reyes", said: 150, due: 50, state: pledge.Kept, seen: 40, hall: true, proof: "Four leaders saw the posters in nine of nine pharmacies.",
		en: "Within a hundred days every counter has a poster: ask for your language.", es: "En cien días cada mostrador tendrá un cartel: pida su idioma.", vi: "Trong một trăm ngày, mỗi quầy sẽ có bảng: hãy yêu cầu ngôn ngữ của bạn.", ar: "خلال مئة يوم سيكون على كل منضدة ملصق: اطلب لغتك."},
	{who: "reyes", said: 300, due: 240, state: pledge.Kept, seen: 236, proof: "The hearing was held on a Tuesday evening; 41 people spoke.",
		en: "We will hold a hearing on labels in the evening.", es: "Haremos una audiencia sobre etiquetas por la tarde.", vi: "Chúng tôi sẽ mở buổi điều trần về nhãn thuốc vào buổi tối.", ar: "سنعقد جلسة استماع عن الملصقات في المساء."},
	{who: "reyes", said: 240, due: 150, state: pledge.Superseded, seen: 150, proof: "She gave a firmer promise at the spring assembly.",
		en: "We will study translated labels.", es: "Estudiaremos las etiquetas traducidas.", vi: "Chúng tôi sẽ nghiên cứu nhãn thuốc dịch.", ar: "سندرس الملصقات المترجمة."},
	{who: "reyes", said: 120, due: -60, state: pledge.InProgress, seen: 30, proof: "The first two inspections name labels.",
		en: "Inspectors will look at labels on every visit.", es: "Los inspectores mirarán las etiquetas en cada visita.", vi: "Thanh tra sẽ xem nhãn thuốc trong mỗi lần đến.", ar: "سينظر المفتشون إلى الملصقات في كل زيارة."},
	{who: "reyes", said: 118, due: -20, state: pledge.InProgress, seen: 25, proof: "A draft went to our team for comments.",
		en: "We will put a sound file beside each label for people who do not read.", es: "Pondremos un audio junto a cada etiqueta para quien no lee.", vi: "Chúng tôi sẽ thêm bản âm thanh cạnh nhãn cho người không đọc được.", ar: "سنضع تسجيلًا صوتيًا بجانب كل ملصق لمن لا يقرأ."},

	{who: "okafor", said: 320, due: 260, state: pledge.Kept, seen: 258, proof: "The Council voted seven to two.",
		en: "The city pays interpreters at public meetings.", es: "La ciudad paga intérpretes en las reuniones públicas.", vi: "Thành phố trả tiền phiên dịch tại các buổi họp công.", ar: "تدفع المدينة للمترجمين في الاجتماعات العامة."},
	{who: "okafor", said: 290, due: 200, state: pledge.Broken, seen: 190, proof: "He did not come to the assembly, and the office is still closed.",
		en: "I will open a city office on the east side.", es: "Abriré una oficina municipal en el lado este.", vi: "Tôi sẽ mở một văn phòng thành phố ở khu phía đông.", ar: "سأفتح مكتبًا للمدينة في الجهة الشرقية."},
	{who: "finch", said: 280, due: 190, state: pledge.Superseded, seen: 100, proof: "The next commissioner gave a shorter time.",
		en: "Repairs within 60 days of a complaint.", es: "Reparaciones en 60 días después de una queja.", vi: "Sửa chữa trong 60 ngày sau khi than phiền.", ar: "إصلاحات خلال 60 يومًا من الشكوى."},
	{who: "ruiz", said: 100, due: -45, state: pledge.InProgress, seen: 14, instead: 9, proof: "Two of four districts began.",
		en: "Repairs within 30 days of a complaint.", es: "Reparaciones en 30 días después de una queja.", vi: "Sửa chữa trong 30 ngày sau khi than phiền.", ar: "إصلاحات خلال 30 يومًا من الشكوى.", parts: []string{"North district", "South district", "East district", "West district"}},
	{who: "finch", said: 270, due: 210, state: pledge.Kept, seen: 205, proof: "The list is on the city's site and names 212 buildings.",
		en: "We will publish the list of buildings with open repairs.", es: "Publicaremos la lista de edificios con reparaciones pendientes.", vi: "Chúng tôi sẽ công bố danh sách nhà cần sửa.", ar: "سننشر قائمة المباني التي تنتظر الإصلاح."},
	{who: "finch", said: 200, due: 110, state: pledge.Partly, seen: 95, proof: "Three of the five new inspectors began work.",
		en: "We will hire five more inspectors.", es: "Contrataremos a cinco inspectores más.", vi: "Chúng tôi sẽ tuyển thêm năm thanh tra.", ar: "سنوظّف خمسة مفتشين آخرين."},
	{who: "okafor", said: 190, due: 20, state: pledge.InProgress, seen: 60, proof: "The plan went to the Council; no vote yet.",
		en: "The rent help fund opens again this fall.", es: "El fondo de ayuda para la renta vuelve a abrir este otoño.", vi: "Quỹ hỗ trợ tiền thuê sẽ mở lại mùa thu này.", ar: "يُفتح صندوق المساعدة على الإيجار مجددًا هذا الخريف."},

	{who: "nair", said: 310, due: 280, state: pledge.Kept, seen: 279, proof: "The stop has had a bench and a light since January.",
		en: "A bench and a light at the clinic's stop.", es: "Una banca y una luz en la parada de la clínica.", vi: "Một ghế và một đèn ở trạm trước phòng khám.", ar: "مقعد وإنارة عند موقف العيادة."},
	{who: "nair", said: 260, due: 200, state: pledge.Kept, seen: 198, proof: "Six riders rode every line and heard the calls.",
		en: "Drivers call the stops in Spanish too.", es: "Los choferes anuncian las paradas también en español.", vi: "Tài xế báo trạm cả bằng tiếng Tây Ban Nha.", ar: "يعلن السائقون المواقف بالإسبانية أيضًا."},
	{who: "nair", said: 220, due: 120, state: pledge.Superseded, seen: 80, proof: "She offered a later last bus in September.",
		en: "Bus 14 runs until nine.", es: "El autobús 14 circula hasta las nueve.", vi: "Xe buýt 14 chạy đến chín giờ.", ar: "تعمل الحافلة 14 حتى التاسعة."},
	{who: "nair", said: 80, due: -30, state: pledge.InProgress, seen: 12, instead: 16, proof: "The new timetable is out for comment.",
		en: "Bus 14 runs until ten on weekdays.", es: "El autobús 14 circula hasta las diez entre semana.", vi: "Xe buýt 14 chạy đến mười giờ các ngày trong tuần.", ar: "تعمل الحافلة 14 حتى العاشرة في أيام الأسبوع."},
	{who: "nair", said: 180, due: 90, state: pledge.Kept, seen: 88, proof: "The pass is sold at the clinic's front desk.",
		en: "A day pass at half price for people on their way to care.", es: "Un pase de día a mitad de precio para quien va a una cita médica.", vi: "Vé ngày nửa giá cho người đi khám bệnh.", ar: "بطاقة يومية بنصف السعر لمن يذهب إلى العلاج."},
	{who: "nair", said: 160, due: 10, state: pledge.InProgress, seen: 45, proof: "Ramps came for four of nine buses.",
		en: "Every bus on line 14 has a working ramp.", es: "Cada autobús de la línea 14 tiene una rampa que funciona.", vi: "Mọi xe tuyến 14 đều có dốc lên xuống dùng được.", ar: "لكل حافلة في الخط 14 منحدر يعمل."},

	{who: "lindt", said: 305, due: 215, state: pledge.Kept, seen: 214, proof: "The County's letter of 28 April names the ten languages.",
		en: "County letters come in ten languages.", es: "Las cartas del condado llegan en diez idiomas.", vi: "Thư của quận có bằng mười ngôn ngữ.", ar: "تصل رسائل المقاطعة بعشر لغات."},
	{who: "lindt", said: 250, due: 160, state: pledge.Kept, seen: 155, proof: "Two of our leaders sit on the council.",
		en: "Two seats for neighbors on the health council.", es: "Dos asientos para vecinos en el consejo de salud.", vi: "Hai ghế cho cư dân trong hội đồng y tế.", ar: "مقعدان للجيران في مجلس الصحة."},
	{who: "lindt", said: 230, due: 140, state: pledge.Partly, seen: 130, proof: "The van comes to two of the four places.",
		en: "The health van stops in four places each week.", es: "La unidad móvil de salud para en cuatro lugares cada semana.", vi: "Xe y tế lưu động dừng ở bốn nơi mỗi tuần.", ar: "تقف عربة الصحة في أربعة أماكن كل أسبوع."},
	{who: "lindt", said: 110, due: -80, state: pledge.InProgress, seen: 20, proof: "The contract is signed.",
		en: "Interpreters by video in every county office.", es: "Intérpretes por video en cada oficina del condado.", vi: "Phiên dịch qua video ở mọi văn phòng quận.", ar: "مترجمون بالفيديو في كل مكاتب المقاطعة."},
	{who: "lindt", said: 90, due: -120, state: pledge.InProgress, seen: 30, proof: "The first report is promised for January.",
		en: "We report each winter how many letters were translated.", es: "Cada invierno informaremos cuántas cartas se tradujeron.", vi: "Mỗi mùa đông chúng tôi báo cáo số thư đã dịch.", ar: "نعلن كل شتاء كم رسالة تُرجمت."},

	{who: "chen", said: 300, due: 230, state: pledge.Kept, seen: 228, proof: "Families met in the gym on four Thursdays.",
		en: "Families may use the gym for meetings, for free.", es: "Las familias pueden usar el gimnasio para reunirse, gratis.", vi: "Các gia đình được dùng phòng thể dục để họp, miễn phí.", ar: "يمكن للعائلات استعمال القاعة للاجتماعات مجانًا."},
	{who: "chen", said: 210, due: 130, state: pledge.Kept, seen: 127, proof: "The call system speaks four languages since August.",
		en: "School calls come in the family's language.", es: "La escuela llama en el idioma de la familia.", vi: "Trường gọi bằng ngôn ngữ của gia đình.", ar: "تتصل المدرسة بلغة العائلة."},
	{who: "chen", said: 170, due: 100, state: pledge.Broken, seen: 85, proof: "The budget was passed without it.",
		en: "A school nurse in every building.", es: "Una enfermera escolar en cada edificio.", vi: "Mỗi trường có một y tá.", ar: "ممرضة في كل مبنى مدرسي."},
	{who: "chen", said: 140, due: 70, state: pledge.Kept, seen: 65, proof: "The menu is on the schools' site in four languages.",
		en: "Lunch menus in four languages.", es: "Menús del almuerzo en cuatro idiomas.", vi: "Thực đơn bữa trưa bằng bốn ngôn ngữ.", ar: "قوائم الغداء بأربع لغات."},

	{who: "vance", said: 285, due: 225, state: pledge.Kept, seen: 222, proof: "The form hangs in the emergency room; we have a photo.",
		en: "We will ask everybody for their language at the door.", es: "Preguntaremos a todos su idioma en la entrada.", vi: "Chúng tôi sẽ hỏi ngôn ngữ của mọi người ở cửa.", ar: "سنسأل كل شخص عن لغته عند الباب."},
	{who: "vance", said: 195, due: 105, state: pledge.Partly, seen: 96, proof: "Nights are covered, weekends are not.",
		en: "An interpreter at night and on weekends.", es: "Intérprete de noche y en fin de semana.", vi: "Có phiên dịch ban đêm và cuối tuần.", ar: "مترجم في الليل وفي عطلة الأسبوع."},
	{who: "vance", said: 130, due: -15, state: pledge.InProgress, seen: 40, proof: "The printer is bought; staff learn it in December.",
		en: "Our pharmacy prints labels in ten languages.", es: "Nuestra farmacia imprime etiquetas en diez idiomas.", vi: "Nhà thuốc của chúng tôi in nhãn bằng mười ngôn ngữ.", ar: "تطبع صيدليتنا الملصقات بعشر لغات."},
}

// pledges fills the board. It runs as the organizer and a leader would: one writes,
// the other confirms.
func (d *demo) pledges() error {
	zone, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		return err
	}
	t := &pledgeTale{demo: d, now: d.past.Clock.Now(), zone: zone, made: make([]string, len(demoPledges)), offices: map[string]string{}}
	if t.there, err = d.sys.pledges.List(d.ctx, d.actors[access.Organizer], pledge.Filter{}); err != nil {
		return err
	}
	known, err := d.sys.power.Offices(d.ctx, d.actors[access.Organizer])
	if err != nil {
		return err
	}
	for _, o := range known {
		t.offices[o.Name] = o.ID
	}
	for i := range demoPledges {
		if err := t.tell(i); err != nil {
			return fmt.Errorf("demo, pledge %d: %w", i+1, err)
		}
	}
	if err := t.desk(); err != nil {
		return err
	}
	return t.own()
}

type pledgeTale struct {
	*demo
	now     time.Time
	zone    *time.Location
	made    []string
	there   []pledge.Pledge   // made at assemblies told before
	offices map[string]string // ids of those in office whom the map of power knows
}

// at moves the shown time to some days ago, and returns the day.
func (t *pledgeTale) at(ago, hour int) string {
	d := t.now.In(t.zone).AddDate(0, 0, -ago)
	when := time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, t.zone)
	if when.After(t.now) {
		when = t.now.Add(-time.Minute)
	}
	t.past.at(when)
	return when.Format(time.DateOnly)
}

func (t *pledgeTale) day(ago int) string {
	if ago == 0 {
		return ""
	}
	return t.now.In(t.zone).AddDate(0, 0, -ago).Format(time.DateOnly)
}

// two asks for a change as the organizer and confirms it as a leader.
func (t *pledgeTale) two(in pledge.AskIn) error {
	if err := t.sys.pledges.Ask(t.ctx, t.actors[access.Organizer], in); err != nil {
		return err
	}
	return t.confirm(in.ID)
}

func (t *pledgeTale) confirm(id string) error {
	return t.sys.pledges.Answer(t.ctx, t.actors[access.Leader], pledge.AnswerIn{ID: id, Yes: true})
}

// hall is a pledge that the told assembly already made, or "".
func (t *pledgeTale) hall(p demoPledge) string {
	for i, x := range t.there {
		if p.hall && strings.HasPrefix(x.Ref, "assembly:") && x.Name == demoPromisers[p.who].name && x.State == pledge.Made {
			t.there = slices.Delete(t.there, i, i+1)
			return x.ID
		}
	}
	return ""
}

func (t *pledgeTale) tell(n int) error {
	p, s := demoPledges[n], t.sys.pledges
	ana := t.actors[access.Organizer]
	others := map[string]string{"es": p.es, "vi": p.vi, "ar": p.ar}
	id := t.hall(p)
	said := t.at(p.said, 20)
	if id == "" {
		by := demoPromisers[p.who]
		in := pledge.In{Office: t.offices[by.name], Name: by.name, Title: by.title, Body: by.body, Words: p.en, Lang: "en", Others: others, Said: said, Due: t.day(p.due), Public: true, Parts: p.parts,
			Where: "Meeting with our team, notes agreed by both sides", Evidence: "The notes of the meeting, signed by both sides."}
		if p.hall {
			in.Where, in.Evidence = "Spring assembly, before 287 people", "The film of the assembly, and the scribe's sheet."
		}
		if p.instead > 0 {
			in.InsteadOf = t.made[p.instead-1]
		}
		var err error
		if id, err = s.Make(t.ctx, ana, in); err != nil {
			return err
		}
		t.at(p.said-1, 9)
		if err := t.confirm(id); err != nil {
			return err
		}
		if p.instead > 0 {
			if err := t.confirm(in.InsteadOf); err != nil {
				return err
			}
		}
	}
	t.made[n] = id
	if p.state == pledge.Superseded {
		return nil // the one that replaces it says so
	}
	return t.became(id, p)
}

// became tells what came of a promise: begun some weeks later, and then how it stands.
func (t *pledgeTale) became(id string, p demoPledge) error {
	if p.state == pledge.InProgress {
		t.at(p.seen, 10)
		return t.two(pledge.AskIn{ID: id, Act: pledge.Move, To: pledge.InProgress, Evidence: p.proof})
	}
	t.at((p.said+p.seen)/2, 10)
	if err := t.two(pledge.AskIn{ID: id, Act: pledge.Move, To: pledge.InProgress, Evidence: "Their office wrote that work has begun."}); err != nil {
		return err
	}
	h, err := t.sys.pledges.Get(t.ctx, t.actors[access.Organizer], id)
	if err != nil {
		return err
	}
	t.at(p.seen, 10)
	for _, part := range h.Parts {
		if err := t.two(pledge.AskIn{ID: id, Act: pledge.Move, Part: part.ID, To: p.state, Evidence: "Seen there by two of our leaders."}); err != nil {
			return err
		}
	}
	return t.two(pledge.AskIn{ID: id, Act: pledge.Move, To: p.state, Evidence: p.proof, Link: "https://" + strings.ToLower(strings.ReplaceAll(h.Body, " ", "-")) + ".example/minutes"})
}

// desk is what waits just now: the study of labels was replaced by the assembly's
// promise, two districts have begun, and one change waits for a second person.
func (t *pledgeTale) desk() error {
	s, ana := t.sys.pledges, t.actors[access.Organizer]
	t.at(149, 10)
	if err := t.two(pledge.AskIn{ID: t.made[3], Act: pledge.Move, To: pledge.Superseded, Other: t.made[0], Evidence: demoPledges[3].proof}); err != nil {
		return err
	}
	repairs, err := s.Get(t.ctx, ana, t.made[9])
	if err != nil {
		return err
	}
	t.at(14, 11)
	for _, part := range repairs.Parts[:min(2, len(repairs.Parts))] {
		if err := t.two(pledge.AskIn{ID: repairs.ID, Act: pledge.Move, Part: part.ID, To: pledge.InProgress, Evidence: "The district's own list."}); err != nil {
			return err
		}
	}
	t.at(16, 10)
	if err := s.Checked(t.ctx, ana, pledge.CheckIn{ID: t.made[12], Evidence: "The clerk says the vote is in two weeks."}); err != nil {
		return err
	}
	if err := t.looked(); err != nil {
		return err
	}
	t.at(1, 16)
	return s.Ask(t.ctx, ana, pledge.AskIn{ID: t.made[5], Act: pledge.Move, To: pledge.Kept, Evidence: "The sound files are on the Board's site since Monday.", Link: "https://county-pharmacy-board.example/sound"})
}

// looked is the organizer's round two weeks ago: whatever waited for a look got one,
// but for the ramps, where nobody answered.
func (t *pledgeTale) looked() error {
	s, ana := t.sys.pledges, t.actors[access.Organizer]
	today := t.at(12, 15)
	list, err := s.List(t.ctx, ana, pledge.Filter{})
	if err != nil {
		return err
	}
	for _, p := range list {
		if !p.State.Open() || p.Check > today || p.ID == t.made[18] {
			continue
		}
		if err := s.Checked(t.ctx, ana, pledge.CheckIn{ID: p.ID, Evidence: "We called their office. It stands as it did."}); err != nil {
			return err
		}
	}
	return nil
}

// own are the clinic's commitments; one is due to be looked at again.
func (t *pledgeTale) own() error {
	ruth, ana := t.actors[access.Lead], t.actors[access.Organizer]
	for _, c := range []struct {
		ago                   int
		topic, en, es, vi, ar string
	}{
		{361, "ties", "The clinic stays a member of the alliance and sends two delegates.", "La clínica sigue en la alianza y envía dos delegados.", "Phòng khám tiếp tục là thành viên liên minh và cử hai đại biểu.", "تبقى العيادة عضوًا في التحالف وترسل مندوبَين."},
		{250, "rooms", "Groups meet in our rooms for free, four evenings a week.", "Los grupos se reúnen gratis en nuestras salas, cuatro tardes por semana.", "Các nhóm họp miễn phí tại phòng của chúng tôi, bốn tối mỗi tuần.", "تجتمع المجموعات في قاعاتنا مجانًا أربع أمسيات في الأسبوع."},
		{250, "printing", "We print up to 500 pages a month for groups.", "Imprimimos hasta 500 páginas al mes para los grupos.", "Chúng tôi in tối đa 500 trang mỗi tháng cho các nhóm.", "نطبع للمجموعات حتى 500 صفحة في الشهر."},
		{200, "staff", "One organizer works full time, and is not moved to other work.", "Una persona organizadora trabaja tiempo completo y no se le da otro trabajo.", "Một người tổ chức làm toàn thời gian, không bị chuyển việc khác.", "يعمل منظّم واحد بدوام كامل ولا يُنقل إلى عمل آخر."},
		{200, "stipends", "Patients who lead are paid for their time, within a month.", "A los pacientes que dirigen se les paga su tiempo, en un mes.", "Bệnh nhân đảm nhận vai trò được trả công trong vòng một tháng.", "يُدفع للمرضى الذين يقودون مقابل وقتهم خلال شهر."},
	} {
		said := t.day(c.ago)
		t.at(min(c.ago, 330), 12)
		made, err := t.sys.pledges.Make(t.ctx, ruth, pledge.In{Kind: pledge.Clinic, Topic: c.topic, Name: "Ruth Adeyemi", Title: "Clinic leader", Words: c.en, Lang: "en", Others: map[string]string{"es": c.es, "vi": c.vi, "ar": c.ar},
			Said: said, Where: "Meeting of the board", Evidence: "The minutes of the board, item 4."})
		if err != nil {
			return err
		}
		t.at(min(c.ago, 330)-1, 12)
		if err := t.sys.pledges.Answer(t.ctx, ana, pledge.AnswerIn{ID: made, Yes: true}); err != nil {
			return err
		}
	}
	t.past.back.Store(0)
	return nil
}
