package indicators

import (
	"slices"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
	"github.com/kaohe/kaohe/projections"
)

// feed is an event type, and the filter that its events must pass, by which an indicator is fed.
type feed struct {
	*catalogue.Type
	where *projections.Filter
	at    *node
}

// feeds reads `event` and `where` of a kind. The filter holds for every type, unless each brings its own.
func (d *draft) feeds(o *object) []feed {
	return d.feedList(o.need("event"), o.get("where"))
}

// feedList reads a type, or {event, where}, or a list of these.
func (d *draft) feedList(n, where *node) []feed {
	var feeds []feed
	seen := make(map[string]bool)
	filters := make(map[*node]bool)
	for _, item := range n.oneOrMore() {
		at, filter := item, where
		if item.kind == yamlMap {
			o := item.object("event", "where")
			at = o.need("event")
			if own := o.get("where"); own != nil && where != nil {
				own.fault("外层已有 where", "there is a where outside already",
					events.Text{ZH: "合成一个,用 && 连接", EN: "make them one with &&"})
			} else if own != nil {
				filter = own
			}
		}
		f, ok := d.feed(at, filter)
		if ok && seen[f.Name] {
			at.fault("事件类型 "+f.Name+" 写了两次", "event type "+f.Name+" is given twice",
				events.Text{ZH: "合成一个,条件用 || 连接", EN: "make them one, with || between the filters"})
		} else if ok {
			feeds, seen[f.Name] = append(feeds, f), true
		}
		if filter != nil {
			filters[filter] = true
		}
	}
	d.loader.plan.filters += len(filters)
	return feeds
}

func (d *draft) feed(at, where *node) (feed, bool) {
	name := at.str()
	l := d.loader
	if name == "" || l.blind || l.broken[name] {
		return feed{}, false
	}
	t, ok := l.types.Type(name)
	switch {
	case !ok:
		hint := events.Text{ZH: "事件类型在 events/ 目录中,每个一个文件", EN: "event types are the files below events/"}
		if near := l.types.Suggest(name); near != "" {
			hint = meant(near)
		}
		at.fault("没有事件类型 "+name, "unknown event type "+name, hint)
		return feed{}, false
	case isStanding(name):
		at.fault(name+" 不是工作事实,不能计入指标", name+" is no fact of the work: no figure is made of it", events.Text{})
		return feed{}, false
	case t.Control:
		at.fault(name+" 是控制事件,不能计入指标", name+" is a control event: no figure is made of it", events.Text{})
		return feed{}, false
	}
	return feed{Type: t, where: compileWhere(where, t), at: at}, true
}

// compileWhere checks a filter against a type, and says its mistakes at their places within the text.
func compileWhere(n *node, t *catalogue.Type) *projections.Filter {
	if n.silent() {
		return nil
	}
	if n.kind == yamlPlain {
		n.str()
		return nil
	}
	if n.kind == yamlList || n.kind == yamlMap {
		n.fault("筛选条件要写成加引号的文字", "a filter is a text in quotes", events.Text{})
		return nil
	}
	filter, mistakes := projections.CompileFilter(n.text, t)
	for _, m := range mistakes {
		n.faultAt(m.Offset, events.Text{ZH: t.Name + " 的筛选条件:" + m.Text.ZH, EN: "filter on " + t.Name + ": " + m.Text.EN}, m.Hint)
	}
	return filter
}

// fieldUse is what a field is wanted for, and which kinds of fields do.
type fieldUse struct {
	kinds []catalogue.FieldKind
	want  events.Text
}

var (
	numberField = fieldUse{[]catalogue.FieldKind{catalogue.Integer, catalogue.Money, catalogue.Decimal}, events.Text{ZH: "数字", EN: "a number"}}
	dateField   = fieldUse{[]catalogue.FieldKind{catalogue.Date}, events.Text{ZH: "日期", EN: "a date"}}
	nameField   = fieldUse{[]catalogue.FieldKind{catalogue.String, catalogue.Integer, catalogue.Date}, events.Text{ZH: "单个的文本", EN: "a single text"}}
	groupField  = fieldUse{[]catalogue.FieldKind{catalogue.String, catalogue.Boolean}, events.Text{ZH: "单个的文本或真假值", EN: "a single text or truth value"}}
	stageField  = fieldUse{[]catalogue.FieldKind{catalogue.String}, events.Text{ZH: "文本", EN: "a text"}}
)

// entitiesField is the list of things in an event that a distinct may count one by one.
const entitiesField = "entities"

// field reads data.name, which every feed must have as a field of the kind that is wanted. It returns the name without
// data., or "" after a mistake.
func (n *node) field(feeds []feed, use fieldUse) string {
	text := n.str()
	if text == "" {
		return ""
	}
	name, ok := strings.CutPrefix(text, "data.")
	if !ok || name == "" || strings.Contains(name, ".") {
		n.fault("这里要写 data. 加字段名", "a field is wanted here, as data.name", events.Text{ZH: "例如 data." + strings.TrimPrefix(text, "data."),
			EN: "for example data." + strings.Split(name, ".")[0]})
		return ""
	}
	for _, f := range feeds {
		if !n.fieldOf(f, name, use) {
			ok = false
		}
	}
	if !ok {
		return ""
	}
	return name
}

func (n *node) fieldOf(f feed, name string, use fieldUse) bool {
	field, ok := f.Field(name)
	switch {
	case !ok:
		names := make([]string, len(f.Fields))
		for i, known := range f.Fields {
			names[i] = known.Name
		}
		hint := events.Text{ZH: "已有的字段:" + strings.Join(names, "、"), EN: "the fields are " + strings.Join(names, ", ")}
		if near := catalogue.NearestField(name, names); near != "" {
			hint = meant("data." + near)
		}
		n.fault(f.Name+" 没有字段 data."+name, f.Name+" has no field data."+name, hint)
		return false
	case !slices.Contains(use.kinds, field.Kind):
		n.fault(f.Name+" 的 data."+name+" 不是"+use.want.ZH, "data."+name+" of "+f.Name+" is not "+use.want.EN, events.Text{})
		return false
	}
	return true
}

// breakdown reads `by`: fields that every feed must have.
func (d *draft) breakdown(feeds []feed) []string {
	var by []string
	for _, item := range d.by.list() {
		switch name := item.field(feeds, groupField); {
		case slices.Contains(by, name):
			item.fault("data."+name+" 写了两次", "data."+name+" is given twice", events.Text{})
		case name != "":
			by = append(by, name)
		}
	}
	return by
}
