package theme

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// invented returns texts of made-up words: each has words of its topic, words
// that all topics use, and words of its own.
func invented(n, topics int, seed uint64) (texts []Text, truth map[string]int) {
	r := rand.New(rand.NewPCG(seed, 3))
	syllables := []string{"ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "pla", "gre", "dor", "fen", "hik"}
	name := func() string {
		w := ""
		for range 3 {
			w += syllables[r.IntN(len(syllables))]
		}
		return w
	}
	some := func(n int) (list []string) {
		for range n {
			list = append(list, name())
		}
		return list
	}
	common := some(60)
	own := make([][]string, topics)
	for t := range own {
		own[t] = some(30)
	}
	truth = map[string]int{}
	for i := range n {
		t := i % topics
		var words []string
		for range 8 + r.IntN(8) {
			switch x := r.IntN(10); {
			case x < 5:
				k := r.IntN(len(own[t]))
				words = append(words, own[t][k*r.IntN(len(own[t]))/len(own[t])])
			case x < 8:
				words = append(words, common[r.IntN(len(common))])
			default:
				words = append(words, name())
			}
		}
		id := fmt.Sprintf("t%06d", i)
		truth[id] = t
		texts = append(texts, Text{id, strings.Join(words, " ")})
	}
	return texts, truth
}

// agreement is the adjusted Rand index of a suggestion with the truth, over the
// texts in themes, and the share of texts that are alone.
func agreement(s Suggestion, truth map[string]int) (ari, alone float64) {
	both, as, bs := map[[2]int]float64{}, map[int]float64{}, map[int]float64{}
	n := 0.0
	for t, th := range s.Themes {
		for _, m := range th.Members {
			both[[2]int{t, truth[m.ID]}]++
			as[t]++
			bs[truth[m.ID]]++
			n++
		}
	}
	pairs := func(m map[int]float64) (sum float64) {
		for _, n := range m {
			sum += n * (n - 1) / 2
		}
		return sum
	}
	same := 0.0
	for _, n := range both {
		same += n * (n - 1) / 2
	}
	expected := pairs(as) * pairs(bs) / (n * (n - 1) / 2)
	return (same - expected) / ((pairs(as)+pairs(bs))/2 - expected), float64(len(s.Alone)) / (n + float64(len(s.Alone)))
}

func TestPlantedTopicsAreFound(t *testing.T) {
	for _, c := range []struct{ n, topics int }{{60, 3}, {200, 5}, {1200, 6}, {5000, 8}} {
		for seed := range uint64(max(1, 3-c.n/1000)) {
			texts, truth := invented(c.n, c.topics, seed)
			s := Suggest(texts, Options{})
			ari, alone := agreement(s, truth)
			t.Logf("%d texts, %d topics: %d themes, ARI %.3f, alone %.3f", c.n, c.topics, len(s.Themes), ari, alone)
			if ari < 0.9 || alone > 0.1 {
				t.Errorf("%d texts, %d topics: %d themes, ARI %.3f, alone %.3f", c.n, c.topics, len(s.Themes), ari, alone)
			}
		}
	}
}

func TestAnotherSeedFindsTheSameThemes(t *testing.T) {
	texts, _ := invented(6000, 6, 9)
	one := Suggest(texts, Options{Seed: 1})
	first := map[string]int{}
	for t, th := range one.Themes {
		for _, m := range th.Members {
			first[m.ID] = t
		}
	}
	for _, id := range one.Alone {
		first[id] = -1
	}
	if ari, _ := agreement(Suggest(texts, Options{Seed: 2}), first); ari < 0.8 {
		t.Errorf("ARI %.3f between two seeds", ari)
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	texts, _ := invented(80, 4, 2)
	texts = append(texts, Text{"", ""}, Text{"x", "one"}, Text{"y", "!?"})
	want, repeats := Suggest(texts, Options{}), Repeats(texts, 0.2)
	rapid.Check(t, func(t *rapid.T) {
		shuffled := rapid.Permutation(texts).Draw(t, "order")
		if got := Suggest(shuffled, Options{}); !reflect.DeepEqual(got, want) {
			t.Fatalf("%v\n%v", got, want)
		}
		if got := Repeats(shuffled, 0.2); !reflect.DeepEqual(got, repeats) {
			t.Fatalf("%v\n%v", got, repeats)
		}
	})
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for n := 1; n <= 4; n++ {
		runtime.GOMAXPROCS(n)
		if !reflect.DeepEqual(Suggest(texts, Options{}), want) {
			t.Fatalf("another suggestion on %d cores", n)
		}
	}
}

// Whatever comes in, every text is in one theme or alone.
func TestEveryTextIsSomewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var texts []Text
		for i := range rapid.IntRange(0, 60).Draw(t, "n") {
			texts = append(texts, Text{fmt.Sprint(i), rapid.OneOf(rapid.String(), rapid.StringMatching(`([a-f]{1,3} ){0,6}`), rapid.SampledFrom([]string{"", " ", "bus", "الحافلة متأخرة", "房租太高了", "tiền thuê nhà"})).Draw(t, "text")})
		}
		s := Suggest(texts, Options{Themes: rapid.IntRange(0, 5).Draw(t, "k")})
		var ids []string
		ids = append(ids, s.Alone...)
		for _, th := range s.Themes {
			if len(th.Members) < 2 || len(th.Label) > 3 {
				t.Fatalf("%+v", th)
			}
			for _, m := range th.Members {
				if math.IsNaN(m.Fit) {
					t.Fatalf("%+v", th)
				}
				ids = append(ids, m.ID)
			}
		}
		slices.Sort(ids)
		want := make([]string, len(texts))
		for i, x := range texts {
			want[i] = x.ID
		}
		slices.Sort(want)
		if !slices.Equal(ids, want) {
			t.Fatalf("%v, want %v", ids, want)
		}
	})
}

var spoken = map[string][2][]string{
	"en": {
		{"The night bus stops too early.", "We need a bus after nine.", "My bus never comes on Sunday.", "Without the night bus I walk home from work.", "The bus stop has no light.", "More buses on Sunday, please."},
		{"The rent goes up every year.", "Our landlord will not fix the heating.", "I pay half my wage in rent.", "The landlord raised the rent again.", "Rent is too high for families.", "No heating, and the landlord does not answer."},
	},
	"es": {
		{"El autobús de noche termina muy temprano.", "Hace falta un autobús después de las nueve.", "Mi autobús nunca llega el domingo.", "Sin autobús de noche vuelvo a pie del trabajo.", "La parada del autobús no tiene luz.", "Más autobuses el domingo."},
		{"La renta sube cada año.", "El dueño no arregla la calefacción.", "Pago la mitad del sueldo en renta.", "El dueño subió la renta otra vez.", "La renta es muy alta para las familias.", "Sin calefacción, y el dueño no contesta."},
	},
	"vi": {
		{"Xe buýt ban đêm ngừng quá sớm.", "Chúng tôi cần xe buýt sau chín giờ.", "Xe buýt chủ nhật không bao giờ tới.", "Không có xe buýt ban đêm, tôi đi bộ về nhà.", "Trạm xe buýt không có đèn.", "Thêm xe buýt ngày chủ nhật."},
		{"Tiền thuê nhà tăng mỗi năm.", "Chủ nhà không sửa máy sưởi.", "Tôi trả nửa lương cho tiền thuê nhà.", "Chủ nhà lại tăng tiền thuê.", "Tiền thuê quá cao với gia đình.", "Máy sưởi hư mà chủ nhà không trả lời."},
	},
	"ar": {
		{"الحافلة الليلية تتوقف مبكرًا جدًا.", "نحتاج إلى حافلة بعد التاسعة.", "الحافلة لا تأتي يوم الأحد.", "بدون الحافلة الليلية أمشي إلى البيت.", "محطة الحافلة بلا ضوء.", "نريد حافلة أكثر يوم الأحد."},
		{"الإيجار يرتفع كل سنة.", "صاحب البيت لا يصلح التدفئة.", "أدفع نصف راتبي في الإيجار.", "صاحب البيت رفع الإيجار مرة أخرى.", "الإيجار مرتفع على العائلات.", "التدفئة معطلة وصاحب البيت لا يرد."},
	},
	"zh": {
		{"晚上的公交车停得太早。", "九点以后需要公交车。", "星期天公交车从来不来。", "没有晚上的公交车我走路回家。", "公交车站没有灯。", "星期天多一些公交车。"},
		{"房租每年都涨。", "房东不修暖气。", "我一半的工资付房租。", "房东又涨房租了。", "房租对家庭太高。", "暖气坏了房东不理。"},
	},
}

func TestSentencesOfFiveLanguages(t *testing.T) {
	for lang, topics := range spoken {
		var texts []Text
		truth := map[string]int{}
		for topic, list := range topics {
			for i, s := range list {
				id := fmt.Sprintf("%d-%d", topic, i)
				texts, truth[id] = append(texts, Text{id, s}), topic
			}
		}
		s := Suggest(texts, Options{Themes: 2})
		ari, alone := agreement(s, truth)
		t.Logf("%s: ARI %.2f, alone %.2f", lang, ari, alone)
		for _, th := range s.Themes {
			t.Logf("  %d: %s", len(th.Members), strings.Join(th.Label, ", "))
			if len(th.Label) == 0 {
				t.Errorf("%s: a theme without a label", lang)
			}
		}
		if ari < 0.6 || alone > 0.35 {
			t.Errorf("%s: ARI %.2f, alone %.2f", lang, ari, alone)
		}
	}
}

func TestNoLabelFromOneText(t *testing.T) {
	texts := []Text{{"1", "Mrs Abernathy said the bus is late"}, {"2", "the bus is late again"}, {"3", "late bus on Sunday"}, {"4", "bus late, Kowalczyk Kowalczyk Kowalczyk"},
		{"5", "rent is high"}, {"6", "the rent is too high"}, {"7", "high rent again"}, {"8", "rent high every year"}}
	for _, th := range Suggest(texts, Options{Words: 10}).Themes {
		for _, w := range th.Label {
			if strings.Contains(w, "Abernathy") || strings.Contains(w, "Kowalczyk") {
				t.Errorf("%v", th.Label)
			}
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"The landlord's Café-bar": "The* landlord's Café bar",
		"Xe buýt đêm":             "Xe buýt đêm",
		"房租 涨了 bus房":              "房租 涨了* bus 房",
		"ราคา":                    "รา าค คา",
		"  !?… ":                  "",
		"الإيجار والتدفئة، في بيتنا": "الإيجار والتدفئة في* بيتنا",
	} {
		var got []string
		for _, w := range words(text) {
			if w.stop {
				w.written += "*"
			}
			got = append(got, w.written)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestRepeats(t *testing.T) {
	texts := []Text{
		{"a", "Vote for the new bus line on Main Street, neighbors!"},
		{"b", "VOTE for the new bus line on Main Street neighbors"},
		{"c", "Vote for the new bus line on Main Street, neighbors! 7731"},
		{"d", "The rent is too high for families with children."},
		{"e", ""}, {"f", "  "}, {"g", "no"}, {"h", "No!"},
		{"i", "房东又涨房租了"}, {"j", "房东又涨房租了。"},
	}
	want := [][]string{{"a", "b", "c"}, {"g", "h"}, {"i", "j"}}
	if got := Repeats(texts, Alike); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Against every pair: a text is in a list exactly if a leader is that alike.
func TestRepeatsMissNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var texts []Text
		for i := range rapid.IntRange(0, 25).Draw(t, "n") {
			texts = append(texts, Text{fmt.Sprintf("%02d", i), rapid.StringMatching(`[ab]{0,12}`).Draw(t, "text")})
		}
		least := rapid.Float64Range(0.05, 1).Draw(t, "least")
		var leaders [][]uint64
		lists := map[int][]string{}
		for _, x := range texts {
			set := shingles(x.Text)
			if len(set) == 0 {
				continue
			}
			best, like := -1, 0.0
			for j, l := range leaders {
				if v := jaccard(set, l, 0); v >= least && v > like {
					best, like = j, v
				}
			}
			if best < 0 {
				best = len(leaders)
				leaders = append(leaders, set)
			}
			lists[best] = append(lists[best], x.ID)
		}
		n := 0
		for _, l := range lists {
			if len(l) > 1 {
				n++
				if !slices.ContainsFunc(Repeats(texts, least), func(r []string) bool { return slices.Equal(r, l) }) {
					t.Fatalf("%v is missing", l)
				}
			}
		}
		if got := Repeats(texts, least); len(got) != n {
			t.Fatalf("%d lists, want %d", len(got), n)
		}
	})
}

func BenchmarkSuggest(b *testing.B) {
	for _, n := range []int{500, 10_000, 100_000} {
		texts, _ := invented(n, 12, 1)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Suggest(texts, Options{})
			}
		})
		b.Run(fmt.Sprint(n, "/repeats"), func(b *testing.B) {
			for b.Loop() {
				Repeats(texts, Alike)
			}
		})
	}
}

func TestGatherLosesNothing(t *testing.T) {
	texts := []Text{{ID: "a", Text: "The bus 14 was cut last spring."}, {ID: "b", Text: "?"}, {ID: "c", Text: "Rent went up again this year."}, {ID: "d", Text: "The bus 14 was cut last spring!"}}
	got := Gather(texts, Alike)
	if len(got) != 3 || len(got[0]) != 2 || got[1][0] != "b" || got[2][0] != "c" {
		t.Errorf("gathered %v", got)
	}
}
