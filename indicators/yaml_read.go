package indicators

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// The readers below take a node, which may be nil where a key is missing, and say what is wrong with it. After a mistake
// they return a zero value, and whoever asked goes on.

// silent reports whether there is nothing to read and nothing to say.
func (n *node) silent() bool { return n == nil || n.kind == yamlRefused }

// object is a mapping whose keys are known.
type object struct {
	*node
	values map[string]*node
	keys   map[string]*node
}

// object reads a mapping with some of the keys. It is empty, not nil, after a mistake.
func (n *node) object(known ...string) *object {
	o := &object{node: n, values: map[string]*node{}, keys: map[string]*node{}}
	if n.silent() {
		return o
	}
	if n.kind != yamlMap {
		n.fault("这里要写成 {"+known[0]+": ...} 这样的键值", "keys are wanted here, as in {"+known[0]+": ...}", keysHint(known))
		return o
	}
	for _, p := range n.pairs {
		switch name := p.key.text; {
		case !slices.Contains(known, name):
			hint := keysHint(known)
			if near := events.Suggest(name, known); near != "" {
				hint = meant(near)
			} else if p.value.kind == yamlNothing {
				hint = events.Text{ZH: "含逗号的文字要加引号", EN: "a text with a comma in it needs quotes"}
			}
			p.key.fault("不认识的键 "+name, "unknown key "+name, hint)
		case o.keys[name] != nil:
			p.key.fault("键 "+name+" 写了两次", "key "+name+" is given twice",
				events.Text{ZH: fmt.Sprintf("上一次在第 %d 行", o.keys[name].line), EN: fmt.Sprintf("it is on line %d already", o.keys[name].line)})
		default:
			o.keys[name], o.values[name] = p.key, p.value
		}
	}
	return o
}

func keysHint(known []string) events.Text {
	return events.Text{ZH: "可用的键:" + strings.Join(known, "、"), EN: "the keys are " + strings.Join(known, ", ")}
}

func meant(s string) events.Text {
	return events.Text{ZH: "是不是 " + s + "?", EN: "did you mean " + s + "?"}
}

// get returns a value that may be left out: nil then.
func (o *object) get(key string) *node { return o.values[key] }

// need returns a value that must be there.
func (o *object) need(key string) *node {
	v := o.values[key]
	if v == nil && o.node != nil && o.kind == yamlMap {
		o.fault("缺少 "+key, key+" is missing", events.Text{})
	}
	return v
}

// list reads a list with at least one item.
func (n *node) list() []*node {
	if n.silent() {
		return nil
	}
	if n.kind != yamlList || len(n.items) == 0 {
		n.fault("这里要写成列表,至少一项", "a list with at least one item is wanted here", events.Text{})
		return nil
	}
	return n.items
}

// oneOrMore reads a list, or a single value as a list of one.
func (n *node) oneOrMore() []*node {
	if n == nil || n.kind == yamlList {
		return n.list()
	}
	return []*node{n}
}

// str reads a text that is not blank.
func (n *node) str() string {
	switch {
	case n.silent():
		return ""
	case n.kind == yamlPlain:
		n.fault("这里要写文字,"+n.text+" 是别的类型", "a text is wanted here, "+n.text+" is something else",
			events.Text{ZH: `加上引号:"` + n.text + `"`, EN: `put it in quotes: "` + n.text + `"`})
	case n.kind != yamlText || strings.TrimSpace(n.text) == "":
		n.fault("这里要写文字", "a text is wanted here", events.Text{})
	default:
		return n.text
	}
	return ""
}

// bilingual reads a label in both languages.
func (n *node) bilingual() events.Text {
	o := n.object("zh", "en")
	return events.Text{ZH: o.need("zh").str(), EN: o.need("en").str()}
}

// integer reads a whole number within bounds.
func (n *node) integer(least, most int) int {
	if n.silent() {
		return 0
	}
	i, err := strconv.Atoi(n.text)
	if n.kind != yamlPlain || err != nil || i < least || i > most {
		n.fault(fmt.Sprintf("这里要 %d 到 %d 的整数", least, most), fmt.Sprintf("a whole number from %d to %d is wanted here", least, most), events.Text{})
		return 0
	}
	return i
}

// decimal reads a number with at most four decimals, exactly as it is written.
func (n *node) decimal() (events.Decimal, bool) {
	if n.silent() {
		return 0, false
	}
	d, err := events.ParseDecimal(n.text)
	if n.kind != yamlPlain || err != nil {
		n.fault("这里要普通的小数,最多四位", "a plain decimal number with at most four places is wanted here", events.Text{})
		return 0, false
	}
	return d, true
}

// oneOf reads one of some words.
func (n *node) oneOf(words ...string) string {
	if n.silent() {
		return ""
	}
	if n.kind == yamlText && slices.Contains(words, n.text) {
		return n.text
	}
	hint := events.Text{ZH: "可用的有:" + strings.Join(words, "、"), EN: "it is one of " + strings.Join(words, ", ")}
	if near := events.Suggest(n.text, words); near != "" {
		hint = meant(near)
	}
	n.fault("不认识 "+shown(n), shown(n)+" is not known here", hint)
	return ""
}

// shown is a node in a message.
func shown(n *node) string {
	switch n.kind {
	case yamlNothing:
		return "nothing"
	case yamlList:
		return "[...]"
	case yamlMap:
		return "{...}"
	}
	return strconv.Quote(n.text)
}
