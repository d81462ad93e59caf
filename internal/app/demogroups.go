// The demo's directory: invented groups and programmes of an invented city.
package app

import (
	"time"

	"seedbed/internal/clinic/directory"
)

type demoGroup struct {
	key   string // short name inside the demo
	entry directory.Entry
	end   string // how the year ends: "" fresh, "stale", "missed", "draft", "vetted", "suspended", "notnow"
}

func weekly(day time.Weekday, from, to int) []directory.Meeting {
	return []directory.Meeting{{Weekday: day, Start: from, End: to, Every: directory.Weekly}}
}

func clockTime(h, m int) int { return h*60 + m }

func hall(name, area, address string, lat, lon float64, v directory.Visibility) directory.Place {
	return directory.Place{Name: name, Area: area, Address: address, Lat: lat, Lon: lon, Located: true, Visibility: v}
}

var safe = directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosAsked, Location: directory.Yes}

func demoGroups() []demoGroup {
	return []demoGroup{
		{key: "inquilinos", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Tenants, Name: "Inquilinos Unidos", Lang: "es",
			WhatMembersDo: "Nos juntamos, hablamos de la renta y de las reparaciones, y vamos en grupo a hablar con el dueño.",
			ForWhom:       "Para quien paga renta en Cedar Street o cerca.",
			Why:           "Los vecinos deciden qué pedir. El año pasado veinte familias lograron que arreglaran la calefacción.",
			Texts: map[string]directory.Words{
				"en": {WhatMembersDo: "We meet, talk about rent and repairs, and go together to speak with the owner.", ForWhom: "For anyone who rents on or near Cedar Street.", Why: "Neighbors decide what to ask for. Last year twenty families got their heat fixed."},
				"vi": {WhatMembersDo: "Chúng tôi họp, nói chuyện tiền nhà và sửa chữa, rồi cùng nhau đi gặp chủ nhà.", ForWhom: "Cho ai thuê nhà ở hoặc gần phố Cedar.", Why: "Hàng xóm tự quyết định sẽ yêu cầu điều gì. Năm ngoái hai mươi gia đình đã được sửa lò sưởi."},
				"ar": {WhatMembersDo: "نجتمع ونتحدث عن الإيجار والإصلاحات، ونذهب معًا للحديث مع المالك.", ForWhom: "لكل من يستأجر في شارع سيدار أو قربه.", Why: "الجيران يقررون ما يطلبونه. في العام الماضي حصلت عشرون عائلة على إصلاح التدفئة."},
			},
			Topics: []directory.Topic{directory.Housing, directory.Debt}, Rhythm: weekly(time.Tuesday, clockTime(18, 30), clockTime(20, 0)),
			Place: hall("St Anne hall", "Cedar Flats", "412 Alder Street", 45.5231, -122.6562, directory.Exact), Languages: []string{"es", "en"},
			Access: []directory.AccessFeature{directory.StepFree, directory.AccessibleToilet}, Childcare: true, Leader: "Rosa", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.Partner, Contact: directory.PublicContact{Phone: "+15035550171", Email: "hola@inquilinos.example"},
		}, Handoff: directory.Handoff{Name: "Rosa Medrano", Phone: "+15035550172", Channel: directory.BySMS, SMS: true, Lang: "es"}}},
		{key: "workers", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Workers, Name: "East Side Worker Center", Lang: "en",
			WhatMembersDo: "Members share what happens at work, learn their rights and act together when pay is missing.",
			ForWhom:       "For people who clean, cook, build, drive or care for others.",
			Why:           "Members vote on each campaign. In spring they won back pay for thirty kitchen workers.",
			Texts: map[string]directory.Words{
				"es": {WhatMembersDo: "La gente cuenta lo que pasa en el trabajo, aprende sus derechos y actúa en grupo cuando falta pago.", ForWhom: "Para quien limpia, cocina, construye, maneja o cuida a otros.", Why: "Los miembros votan cada campaña. En la primavera lograron el pago atrasado de treinta cocineros."},
				"vi": {WhatMembersDo: "Thành viên kể chuyện ở chỗ làm, học quyền của mình và cùng hành động khi bị thiếu lương.", ForWhom: "Cho người dọn dẹp, nấu ăn, xây dựng, lái xe hoặc chăm sóc người khác.", Why: "Thành viên bỏ phiếu cho từng chiến dịch. Mùa xuân họ đòi được lương cho ba mươi người làm bếp."},
				"ar": {WhatMembersDo: "يروي الأعضاء ما يحدث في العمل ويتعلمون حقوقهم ويتحركون معًا حين ينقص الأجر.", ForWhom: "لمن ينظف أو يطبخ أو يبني أو يقود أو يرعى غيره.", Why: "يصوّت الأعضاء على كل حملة. في الربيع استعادوا أجور ثلاثين عامل مطبخ."},
			},
			Topics: []directory.Topic{directory.Work, directory.StreetSafety}, Rhythm: weekly(time.Sunday, clockTime(10, 0), clockTime(12, 0)),
			Place: hall("Union hall", "East Side", "88 Foundry Road", 45.5187, -122.6331, directory.Blurred), Languages: []string{"en", "es"},
			Access: []directory.AccessFeature{directory.StepFree, directory.Lift}, Childcare: true, Leader: "Carla", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.Partner, Contact: directory.PublicContact{Phone: "+15035550173"},
		}, Handoff: directory.Handoff{Name: "Carla Benítez", Phone: "+15035550174", Channel: directory.ByPhone, Lang: "es"}}},
		{key: "bus", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Neighbourhood, Name: "Route 14 Riders", Lang: "en",
			WhatMembersDo: "Riders count late buses, collect stories and meet with the people who plan the routes.",
			ForWhom:       "For anyone who waits for bus 14.", Why: "Riders wrote the plan themselves and brought it to the transit board.",
			Texts: map[string]directory.Words{
				"es": {WhatMembersDo: "Cuentan los buses tarde, juntan historias y hablan con quienes planean las rutas.", ForWhom: "Para quien espera el bus 14.", Why: "Los pasajeros escribieron el plan y lo llevaron a la junta."},
				"vi": {WhatMembersDo: "Hành khách đếm xe trễ, gom câu chuyện và gặp những người lập tuyến xe.", ForWhom: "Cho ai đi xe buýt 14.", Why: "Hành khách tự viết kế hoạch và đem đến hội đồng giao thông."},
			},
			Topics: []directory.Topic{directory.Transport, directory.Disability}, Rhythm: []directory.Meeting{{Weekday: time.Thursday, Start: clockTime(17, 30), End: clockTime(18, 30), Every: directory.Biweekly}},
			Place: hall("Branch library", "Hollow Creek", "5 Mill Lane", 45.5094, -122.6489, directory.Exact), Online: true, Languages: []string{"en", "vi"},
			Access: []directory.AccessFeature{directory.StepFree, directory.HearingLoop, directory.Remote, directory.AccessibleToilet}, Leader: "Dwayne", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.Known, Contact: directory.PublicContact{Email: "riders@route14.example"},
		}, Handoff: directory.Handoff{Name: "Dwayne Porter", Mail: "dwayne@route14.example", Channel: directory.ByMail, Lang: "en"}}},
		{key: "parents", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Parents, Name: "Parents for Lincoln School", Lang: "en",
			WhatMembersDo: "Parents drink coffee, listen to each other and ask the school for what children need.",
			ForWhom:       "For parents, grandparents and aunts of children at Lincoln.", Why: "Parents chair every meeting. They won interpreters at every parent evening.",
			Texts: map[string]directory.Words{
				"es": {WhatMembersDo: "Toman café, se escuchan y piden a la escuela lo que los niños necesitan.", ForWhom: "Para padres, abuelos y tías de niños en Lincoln.", Why: "Los padres dirigen cada reunión. Lograron intérpretes en cada junta."},
				"vi": {WhatMembersDo: "Phụ huynh uống cà phê, lắng nghe nhau và xin trường những gì trẻ cần.", ForWhom: "Cho cha mẹ, ông bà, cô chú của học sinh Lincoln.", Why: "Phụ huynh chủ trì mọi buổi họp. Họ đã có thông dịch viên ở mọi buổi họp phụ huynh."},
				"ar": {WhatMembersDo: "يشرب الأهل القهوة ويستمع بعضهم إلى بعض ويطلبون من المدرسة ما يحتاجه الأطفال.", ForWhom: "للآباء والأمهات والأجداد والأقارب.", Why: "الأهل يديرون كل اجتماع. وقد حصلوا على مترجمين في كل لقاء."},
			},
			Topics: []directory.Topic{directory.Schools, directory.ChildcareHelp, directory.LanguageHelp}, Rhythm: weekly(time.Friday, clockTime(8, 30), clockTime(9, 30)),
			Place: hall("Lincoln School, room 3", "Cedar Flats", "20 Lincoln Avenue", 45.5262, -122.6474, directory.Exact), Languages: []string{"en", "es", "vi", "ar"},
			Access: []directory.AccessFeature{directory.StepFree}, Childcare: true, Leader: "Nadia", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.MemberOf, Contact: directory.PublicContact{Phone: "+15035550175"},
		}, Handoff: directory.Handoff{Name: "Nadia Haddad", Phone: "+15035550176", Channel: directory.BySMS, SMS: true, Lang: "ar"}}},
		{key: "parish", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Congregation, Name: "St Anne Action Team", Lang: "es",
			WhatMembersDo: "Gente de la parroquia y del barrio escucha a las familias y busca cambios con otras iglesias.",
			ForWhom:       "Para todos, con o sin iglesia.", Why: "El equipo decide en asamblea. Con otras iglesias logró una línea de ayuda para la luz.",
			Texts: map[string]directory.Words{
				"en": {WhatMembersDo: "People of the parish and the street listen to families and seek change with other churches.", ForWhom: "For everyone, with or without a church.", Why: "The team decides together. With other churches it won help with power bills."},
				"vi": {WhatMembersDo: "Giáo dân và hàng xóm lắng nghe các gia đình và cùng các nhà thờ khác tìm cách thay đổi.", ForWhom: "Cho mọi người, có đạo hay không.", Why: "Nhóm cùng nhau quyết định. Cùng các nhà thờ khác, họ đã có trợ giúp tiền điện."},
			},
			Topics: []directory.Topic{directory.Food, directory.Debt, directory.Faith, directory.Housing}, Rhythm: []directory.Meeting{{Weekday: time.Wednesday, Start: clockTime(19, 0), End: clockTime(20, 30), Every: directory.Monthly, Nth: 1}},
			Place: hall("St Anne hall", "Cedar Flats", "412 Alder Street", 45.5231, -122.6562, directory.Exact), Languages: []string{"es", "en"},
			Access: []directory.AccessFeature{directory.StepFree}, Childcare: true, Leader: "Elena", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.MemberOf, Contact: directory.PublicContact{Phone: "+15035550177"},
		}, Handoff: directory.Handoff{Name: "Elena Cruz", Phone: "+15035550178", Channel: directory.ByPaper, Lang: "es"}}},
		{key: "viet", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Elders, Name: "Hội Cao Niên Phía Đông", Lang: "vi",
			WhatMembersDo: "Các cô bác gặp nhau, uống trà, rồi cùng xin nhãn thuốc và bảng chỉ dẫn bằng tiếng Việt.",
			ForWhom:       "Cho người lớn tuổi và gia đình.", Why: "Thành viên chọn việc để làm. Họ đã gặp ba nhà thuốc.",
			Texts: map[string]directory.Words{
				"en": {WhatMembersDo: "Elders meet over tea, and together ask for labels and signs in Vietnamese.", ForWhom: "For older people and their families.", Why: "Members choose what to work on. They have met with three shops."},
				"es": {WhatMembersDo: "Los mayores toman té y piden en grupo letreros en vietnamita.", ForWhom: "Para personas mayores y sus familias.", Why: "Los miembros eligen el tema. Ya hablaron con tres tiendas."},
			},
			Topics: []directory.Topic{directory.LanguageHelp, directory.ElderLife, directory.CareCosts}, Rhythm: weekly(time.Saturday, clockTime(9, 0), clockTime(11, 0)),
			Place: hall("Tea house", "Foster Row", "730 Foster Row", 45.5049, -122.6215, directory.Blurred), Languages: []string{"vi", "en"},
			Access: []directory.AccessFeature{directory.StepFree, directory.AccessibleToilet, directory.QuietSpace}, Leader: "Dang", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.Known, Contact: directory.PublicContact{Phone: "+15035550179"},
		}, Handoff: directory.Handoff{Name: "Dang Van Minh", Phone: "+15035550180", Channel: directory.ByPhone, Lang: "vi"}}},
		{key: "clinic", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Patients, Name: "Cedar Street Core Team", CardName: "Cedar Street Core Team", Lang: "en",
			WhatMembersDo: "Neighbors and staff listen in the waiting area and change how things are done here.",
			ForWhom:       "For people who come here and live near here.", Why: "Members set the goals. Evening hours on Wednesday came from them.",
			Texts: map[string]directory.Words{
				"es": {WhatMembersDo: "Vecinos y personal escuchan a la gente y cambian cómo se hacen las cosas aquí.", ForWhom: "Para quienes vienen aquí o viven cerca.", Why: "Los miembros ponen las metas. El horario de noche del miércoles salió de ellos."},
				"vi": {WhatMembersDo: "Hàng xóm và nhân viên lắng nghe mọi người và thay đổi cách làm việc ở đây.", ForWhom: "Cho người đến đây và sống gần đây.", Why: "Thành viên đặt mục tiêu. Giờ tối thứ Tư là do họ xin."},
				"ar": {WhatMembersDo: "جيران وموظفون يستمعون إلى الناس ويغيّرون طريقة العمل هنا.", ForWhom: "لمن يأتي إلى هنا أو يسكن قريبًا.", Why: "الأعضاء يضعون الأهداف. وقد جاءت ساعات مساء الأربعاء منهم."},
			},
			Topics: []directory.Topic{directory.ClinicHours, directory.LanguageHelp, directory.Transport, directory.Wellbeing}, Rhythm: []directory.Meeting{{Weekday: time.Wednesday, Start: clockTime(18, 0), End: clockTime(19, 30), Every: directory.Biweekly}},
			Place: hall("Community room", "Cedar Flats", "300 Cedar Street", 45.5219, -122.6518, directory.Exact), Online: true, Languages: []string{"en", "es", "vi", "ar"},
			Access: []directory.AccessFeature{directory.StepFree, directory.Lift, directory.AccessibleToilet, directory.HearingLoop, directory.Remote}, Childcare: true, Leader: "Omar", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.MemberOf, Contact: directory.PublicContact{Phone: "+15035550181"},
		}, Handoff: directory.Handoff{Name: "Omar Said", Phone: "+15035550182", Channel: directory.BySMS, SMS: true, Lang: "en"}}},
		{key: "youth", end: "notnow", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Youth, Name: "Creekside Youth Council", Lang: "en",
			WhatMembersDo: "People from 15 to 22 plan actions for safe parks and late buses.", ForWhom: "For people from 15 to 22.",
			Why:    "Only young people vote. Adults make tea.",
			Topics: []directory.Topic{directory.YouthLife, directory.Parks, directory.StreetSafety}, Rhythm: weekly(time.Monday, clockTime(16, 30), clockTime(18, 0)),
			Place: hall("Recreation centre", "Hollow Creek", "61 Creek Road", 45.5071, -122.6583, directory.Exact), Languages: []string{"en", "es"},
			Access: []directory.AccessFeature{directory.StepFree}, Leader: "Jamila", Safety: safe, MembersDecide: true, ActsOnCauses: true, Tie: directory.Known,
			Contact: directory.PublicContact{Email: "council@creekside.example"},
		}, Handoff: directory.Handoff{Name: "Jamila Stone", Mail: "jamila@creekside.example", Channel: directory.ByMail, Lang: "en"}}},
		{key: "air", end: "stale", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Coalition, Name: "Clean Air Foundry Road", Lang: "en",
			WhatMembersDo: "Neighbors measure dust near the foundry and bring the numbers to the city.", ForWhom: "For anyone who lives near Foundry Road.",
			Why: "Neighbors choose the tests and speak for themselves.", Texts: map[string]directory.Words{"es": {WhatMembersDo: "Los vecinos miden el polvo y llevan los números a la ciudad.", ForWhom: "Para quien vive cerca de Foundry Road.", Why: "Los vecinos eligen y hablan por sí mismos."}},
			Topics: []directory.Topic{directory.AirWater, directory.Climate}, Rhythm: []directory.Meeting{{Weekday: time.Tuesday, Start: clockTime(19, 0), End: clockTime(20, 0), Every: directory.Monthly, Nth: 2}},
			Place: hall("Garage on Foundry Road", "East Side", "140 Foundry Road", 45.5171, -122.6309, directory.Exact), Languages: []string{"en", "es"}, Leader: "Bea", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Tie: directory.Known, Contact: directory.PublicContact{Phone: "+15035550183"},
		}, Handoff: directory.Handoff{Name: "Bea Lindqvist", Phone: "+15035550184", Channel: directory.ByPhone, Lang: "en"}}},
		{key: "welcome", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Neighbourhood, Name: "Bridge Street Neighbors", Lang: "en", Unlisted: true,
			WhatMembersDo: "Neighbors walk together, know each other's doors and ask for a street where everyone is safe.", ForWhom: "For people around Bridge Street.",
			Why:    "Neighbors lead. They wrote a plan for who to call at night.",
			Topics: []directory.Topic{directory.StreetSafety, directory.Belonging}, Rhythm: weekly(time.Thursday, clockTime(19, 0), clockTime(20, 0)),
			Place: directory.Place{Area: "Bridge Street", Visibility: directory.Hidden}, Languages: []string{"en", "es", "ar"}, Leader: "Sami",
			Safety:        directory.Safety{Papers: directory.No, Police: directory.No, Photos: directory.PhotosNever, Location: directory.No},
			MembersDecide: true, ActsOnCauses: true, Tie: directory.Partner, Contact: directory.PublicContact{Phone: "+15035550185"},
		}, Handoff: directory.Handoff{Name: "Sami Aziz", Phone: "+15035550186", Channel: directory.ByPhone, Lang: "ar"}}},
		{key: "coop", end: "vetted", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Cooperative, Name: "Cedar Flats Food Co-op", Lang: "en",
			WhatMembersDo: "Members buy food together and press shops for fair prices.", ForWhom: "For anyone who buys food here.", Why: "One member, one vote.",
			Topics: []directory.Topic{directory.Food, directory.SmallBusiness}, Rhythm: weekly(time.Saturday, clockTime(14, 0), clockTime(15, 0)),
			Place: hall("Old bakery", "Cedar Flats", "17 Alder Street", 45.5240, -122.6540, directory.Exact), Languages: []string{"en"}, Leader: "Priya", Safety: safe,
			MembersDecide: true, ActsOnCauses: true, Contact: directory.PublicContact{Phone: "+15035550187"},
		}, Handoff: directory.Handoff{Name: "Priya Nair", Phone: "+15035550188", Channel: directory.ByPhone, Lang: "en"}}},
		{key: "broadband", end: "draft", entry: directory.Entry{Group: directory.Group{
			Offer: directory.Organizing, Kind: directory.Coalition, Name: "Internet for All East", Lang: "en",
			WhatMembersDo: "Members map who has no internet and ask the county to lay cable.", ForWhom: "For people with slow or no internet.",
			Topics: []directory.Topic{directory.Internet}, Languages: []string{"en"}, Online: true, Leader: "Marta",
			Contact: directory.PublicContact{Email: "hello@internetforall.example"},
		}}},
	}
}

func demoProgrammes() []directory.Programme {
	published := func(p directory.Programme) directory.Programme { p.Published = true; return p }
	return []directory.Programme{
		published(directory.Programme{Name: "Thursday food box", Host: "Cedar Street", Lang: "en", What: "A box of vegetables, rice and bread to take home.", ForWhom: "For everyone. No questions.",
			Texts:  map[string]directory.Words{"es": {WhatMembersDo: "Una caja con verduras, arroz y pan para llevar a casa.", ForWhom: "Para todos. Sin preguntas."}, "vi": {WhatMembersDo: "Một hộp rau, gạo và bánh mì đem về nhà.", ForWhom: "Cho mọi người. Không hỏi gì."}, "ar": {WhatMembersDo: "صندوق فيه خضار وأرز وخبز تأخذه إلى البيت.", ForWhom: "للجميع. بلا أسئلة."}},
			Topics: []directory.Topic{directory.Food}, Schedule: weekly(time.Thursday, clockTime(15, 0), clockTime(17, 0)), Place: hall("Side door", "Cedar Flats", "300 Cedar Street", 45.5219, -122.6518, directory.Exact),
			Languages: []string{"en", "es", "vi"}, Capacity: 60, Contact: directory.PublicContact{Phone: "+15035550190"}, Visits: true}),
		published(directory.Programme{Name: "English over coffee", Host: "Cedar Street", Lang: "en", What: "Practice English in a small group with a neighbor.", ForWhom: "For adults who are learning.",
			Texts:  map[string]directory.Words{"es": {WhatMembersDo: "Practique inglés en un grupo pequeño con un vecino.", ForWhom: "Para adultos que aprenden."}, "vi": {WhatMembersDo: "Tập nói tiếng Anh trong nhóm nhỏ với hàng xóm.", ForWhom: "Cho người lớn đang học."}},
			Topics: []directory.Topic{directory.LanguageHelp}, Schedule: weekly(time.Wednesday, clockTime(10, 0), clockTime(11, 30)), Place: hall("Community room", "Cedar Flats", "300 Cedar Street", 45.5219, -122.6518, directory.Exact),
			Languages: []string{"en"}, Capacity: 12, Contact: directory.PublicContact{Phone: "+15035550190"}, Visits: true}),
		published(directory.Programme{Name: "Budget help desk", Host: "Eastside Credit Union", Lang: "en", What: "Sit down with someone who knows bills and late fees.", ForWhom: "For anyone with letters they do not want to open.",
			Texts:  map[string]directory.Words{"es": {WhatMembersDo: "Siéntese con alguien que sabe de cuentas y recargos.", ForWhom: "Para quien tiene cartas sin abrir."}},
			Topics: []directory.Topic{directory.Debt, directory.Housing}, Schedule: weekly(time.Monday, clockTime(13, 0), clockTime(16, 0)), Place: hall("Credit union", "East Side", "9 Foundry Road", 45.5192, -122.6372, directory.Exact),
			Languages: []string{"en", "es"}, Contact: directory.PublicContact{Phone: "+15035550191"}}),
	}
}
