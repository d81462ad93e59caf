// One word for how it was: the words that are offered, and how the same word in
// several languages and writings is counted as one.
package evaluation

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"seedbed/internal/kit/fold"
)

// Felt is a word and how many said it. Code names a word of the list, which every
// reader sees in their own language; Word is somebody's own.
type Felt struct {
	Code string `json:"code,omitempty"`
	Word string `json:"word,omitempty"`
	N    int    `json:"n,omitempty"`
}

// known are the words that are offered, with how they are written in the languages
// people mix: feminine and masculine, with and without the article's ending.
var known = []struct{ code, writings string }{
	{"proud", "proud|orgulloso|orgullosa|orgullo|tự hào|فخور|فخورة|فخر|fier|fière|orgulhoso|orgulhosa|自豪|骄傲"},
	{"hopeful", "hopeful|hope|esperanzado|esperanzada|esperanza|con esperanza|hy vọng|đầy hy vọng|متفائل|متفائلة|أمل|مليء بالأمل|plein d'espoir|espoir|esperançoso|esperançosa|有希望|希望"},
	{"strong", "strong|powerful|fuerte|poderoso|poderosa|mạnh mẽ|قوي|قوية|fort|forte|有力量|fuerza|قوة"},
	{"heard", "heard|listened to|escuchado|escuchada|được lắng nghe|مسموع|مسموعة|entendu|entendue|ouvido|ouvida|被倾听|me escucharon|سُمع صوتي"},
	{"together", "together|united|unido|unida|unidos|unidas|juntos|juntas|đoàn kết|cùng nhau|متحد|متحدة|متحدون|معا|ensemble|uni|unie|团结|unión|تضامن"},
	{"glad", "glad|happy|joy|contento|contenta|feliz|alegre|alegría|vui|vui mừng|hạnh phúc|سعيد|سعيدة|مسرور|مسرورة|content|contente|heureux|heureuse|开心|高兴|فرح"},
	{"thankful", "thankful|grateful|agradecido|agradecida|gratitud|biết ơn|شاكر|شاكرة|ممتن|ممتنة|reconnaissant|reconnaissante|grato|grata|感激|感谢|امتنان"},
	{"calm", "calm|peaceful|tranquilo|tranquila|en calma|bình tĩnh|bình an|هادئ|هادئة|مطمئن|مطمئنة|calme|calmo|calma|平静|هدوء"},
	{"curious", "curious|curioso|curiosa|tò mò|فضولي|فضولية|curieux|curieuse|好奇|curiosidad|فضول"},
	{"brave", "brave|valiente|dũng cảm|can đảm|شجاع|شجاعة|courageux|courageuse|corajoso|corajosa|勇敢|valentía"},
	{"nervous", "nervous|anxious|worried|nervioso|nerviosa|ansioso|ansiosa|preocupado|preocupada|hồi hộp|lo lắng|متوتر|متوترة|قلق|قلقة|nerveux|nerveuse|inquiet|inquiète|紧张|担心|nervios|توتر"},
	{"tired", "tired|exhausted|cansado|cansada|agotado|agotada|mệt|mệt mỏi|متعب|متعبة|تعبان|تعبانة|fatigué|fatiguée|esgotado|esgotada|累|疲倦|cansancio|تعب"},
	{"angry", "angry|mad|enojado|enojada|enfadado|enfadada|furioso|furiosa|rabia|tức giận|giận|غاضب|غاضبة|غضبان|en colère|fâché|fâchée|bravo|com raiva|生气|愤怒|enojo|غضب"},
	{"sad", "sad|triste|buồn|حزين|حزينة|难过|伤心|tristeza|حزن"},
	{"confused", "confused|lost|confundido|confundida|confuso|confusa|bối rối|مرتبك|مرتبكة|محتار|محتارة|confus|confuse|perdu|perdue|困惑|confusión|حيرة"},
	{"frustrated", "frustrated|let down|disappointed|frustrado|frustrada|decepcionado|decepcionada|thất vọng|محبط|محبطة|frustré|frustrée|déçu|déçue|失望|沮丧|frustración|إحباط"},
}

// Feelings lists the codes of the words that are offered, in the order of the form.
func Feelings() (out []string) {
	for _, k := range known {
		out = append(out, k.code)
	}
	return out
}

var codes = func() map[string]string {
	out := map[string]string{}
	for _, k := range known {
		out[k.code] = k.code
		for _, w := range strings.Split(k.writings, "|") {
			out[fold.Text(w)] = k.code
		}
	}
	return out
}()

// CodeOf finds a word of the list in whatever language it is written; "" for one's
// own word.
func CodeOf(word string) string { return codes[fold.Text(word)] }

// Group counts words: the same word in other letters, or in another language when
// the list knows it, is one. The order in which they were said is gone.
func Group(list []string) []Felt {
	felt := make([]Felt, 0, len(list))
	for _, word := range list {
		felt = append(felt, Felt{Word: word, N: 1})
	}
	return merge(felt)
}

// merge adds up lists of words, most often said first.
func merge(lists ...[]Felt) (out []Felt) {
	at := map[string]int{}
	for _, f := range slices.Concat(lists...) {
		if f.Code == "" {
			f.Code = CodeOf(f.Word)
		}
		key := "code " + f.Code
		if f.Code == "" {
			f.Word = strings.ToLower(strings.Join(strings.Fields(f.Word), " "))
			key = "word " + cmp.Or(fold.Text(f.Word), f.Word)
		} else {
			f.Word = ""
		}
		if f.Code == "" && f.Word == "" || f.N < 0 {
			continue
		}
		if i, ok := at[key]; ok {
			out[i].N += f.N
			continue
		}
		at[key] = len(out)
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Felt) int { return cmp.Or(b.N-a.N, byWord(a, b)) })
	return out
}

func byWord(a, b Felt) int { return cmp.Compare(a.Code+a.Word, b.Code+b.Word) }

// LongestWord is how long a word for a feeling may be, in letters.
const LongestWord = 30

// most is how many of one word a room may say, so that a slip of the finger is seen.
const most = 5000

// Parse reads words as somebody types them for a room: "proud 6, tired 4",
// "6 proud", "proud x6", a word alone for one; in any digits.
func Parse(text string) (out []Felt, ok bool) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;،؛、，\n\r", r) }) {
		var words []string
		n, counts := 1, 0
		for _, w := range strings.Fields(part) {
			if v, number := count(w); number {
				n, counts = v, counts+1
				continue
			}
			words = append(words, w)
		}
		word := strings.Join(words, " ")
		switch {
		case word == "" && counts == 0:
			continue
		case word == "", counts > 1, n < 1, n > most, utf8.RuneCountInString(word) > LongestWord:
			return nil, false
		}
		out = append(out, Felt{Word: word, N: n})
	}
	out = merge(out)
	return out, len(out) <= 100
}

// count reads "6", "x6", "×6", "(6)", "٦".
func count(w string) (int, bool) {
	w = strings.Trim(w, "()[]:x×X")
	if w == "" || len(w) > 12 {
		return 0, false
	}
	n := 0
	for _, r := range w {
		if !unicode.IsDigit(r) {
			return 0, false
		}
		zero := r
		for unicode.IsDigit(zero-1) && r-zero < 9 {
			zero--
		}
		if n = n*10 + int(r-zero); n > most {
			return most + 1, true
		}
	}
	return n, true
}
