package intake

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// text reads an attribute that must be a string without control characters. ok is false if it is absent or faulty.
func (p *preparation) text(a attribute) (s []byte, ok bool) {
	raw := p.env.value[a]
	if raw == nil {
		return nil, false
	}
	name := attributeNames[a]
	if raw[0] != '"' {
		p.fault(name, catalogue.CodeType, events.Text{ZH: "字符串", EN: "a string"}, catalogue.Shorten(raw), events.Text{})
		return nil, false
	}
	s = raw[1 : len(raw)-1]
	valid := utf8.Valid(s)
	if valid && bytes.IndexByte(s, '\\') >= 0 {
		var err error
		s, err = jsontext.AppendUnquote(nil, raw)
		valid = err == nil
	}
	switch {
	case !valid:
		p.fault(name, catalogue.CodeUTF8, events.Text{ZH: "合法的 UTF-8", EN: "valid UTF-8"}, catalogue.Shorten(raw), events.Text{})
	case len(s) == 0:
		p.fault(name, catalogue.CodeLength, events.Text{ZH: "非空字符串", EN: "a non-empty string"}, `""`, events.Text{})
	case bytes.IndexFunc(s, isControl) >= 0:
		p.fault(name, catalogue.CodeControl, events.Text{ZH: "不含控制字符的字符串", EN: "a string without control characters"}, catalogue.Shorten(raw), events.Text{})
	default:
		return s, true
	}
	return nil, false
}

func isControl(r rune) bool { return r < 0x20 || r >= 0x7f && r <= 0x9f }

func (p *preparation) readType() {
	name, ok := p.text(attrType)
	if !ok {
		if p.env.value[attrType] == nil {
			p.missing(catalogue.CodeType, events.Text{ZH: "事件类型,例如 PatentGranted", EN: "the type of event, such as PatentGranted"})
		}
		return
	}
	t, ok := p.in.Catalogue.Type(string(name))
	if !ok {
		p.event.Type = string(name)
		p.fault("type", catalogue.CodeUnknown, events.Text{ZH: "方案中的事件类型", EN: "a type of event of the plan"},
			catalogue.Shorten(p.env.value[attrType]), p.in.suggestType(string(name)))
		return
	}
	p.typ, p.event.Type = t, t.Name
}

// readAttributes reads what stands around the data.
func (p *preparation) readAttributes() {
	p.readSpecversion()
	p.readOrg()
	p.readSource()
	p.readID()
	p.readTime()
	p.readNth()
	p.checkSchema()
	p.checkContentType()
	p.checkForbidden()
}

func (p *preparation) readSpecversion() {
	want := events.Text{ZH: `"1.0"`, EN: `"1.0"`}
	if p.env.value[attrSpecversion] == nil {
		p.missing("specversion", want)
	} else if v, ok := p.text(attrSpecversion); ok && string(v) != "1.0" {
		p.fault("specversion", catalogue.CodeEnum, want, catalogue.Shorten(p.env.value[attrSpecversion]), events.Text{})
	}
}

func (p *preparation) readOrg() {
	code, ok := p.text(attrOrg)
	switch {
	case ok:
		if i, known := p.in.Orgs.Index(string(code)); known {
			p.event.Org = p.in.Orgs.Org(i).Code
			return
		}
		p.fault("org", catalogue.CodeUnknown, events.Text{ZH: "方案中的单位代码", EN: "the code of a unit of the plan"},
			catalogue.Shorten(p.env.value[attrOrg]), didYouMean(string(code), orgCodes(p.in.Orgs)))
	case p.env.value[attrOrg] == nil:
		if p.event.Org = p.in.orgOf(p.by); p.event.Org == "" {
			p.missing("org", events.Text{ZH: "单位代码", EN: "the code of the unit"})
		}
	}
}

func (p *preparation) readSource() {
	raw := p.env.value[attrSource]
	if raw == nil {
		if p.event.Org != "" {
			p.event.Source = p.in.sources[p.event.Org]
		}
		return
	}
	s, ok := p.text(attrSource)
	if !ok || !p.fits("source", s) {
		return
	}
	if std := p.in.sources[p.event.Org]; string(s) == std {
		p.event.Source = std
		return
	}
	if !isURIReference(s) {
		p.fault("source", catalogue.CodeFormat, events.Text{ZH: "URI 引用(RFC 3986)", EN: "a URI reference (RFC 3986)"}, catalogue.Shorten(raw), events.Text{
			ZH: "只用 ASCII 字符,例如 kaohe:450703/patents;其他字符写成 %XX", EN: "use ASCII only, such as kaohe:450703/patents; write the rest as %XX"})
		return
	}
	p.event.Source = string(s)
}

func (p *preparation) readID() {
	if s, ok := p.text(attrID); ok && p.fits("id", s) {
		p.event.ID = string(s)
	}
}

// fits checks the length of a name of the occurrence.
func (p *preparation) fits(field string, s []byte) bool {
	if len(s) <= events.MaxName {
		return true
	}
	p.fault(field, catalogue.CodeLength, events.Text{
		ZH: fmt.Sprintf("至多 %d 字节", events.MaxName), EN: fmt.Sprintf("at most %d bytes", events.MaxName),
	}, fmt.Sprintf("%d bytes", len(s)), events.Text{})
	return false
}

// isURIReference reports whether s is one by RFC 3986: its characters, its percent encodings and its parts.
func isURIReference(s []byte) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
		case strings.IndexByte("-._~:/?#[]@!$&'()*+,;=", c) >= 0:
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
		default:
			return false
		}
	}
	_, err := url.Parse(string(s))
	return err == nil
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f' }

// readNth reads the transport-only number of the how-manieth equal fact this is.
func (p *preparation) readNth() {
	raw := p.env.value[attrNth]
	p.nth = 1
	if raw == nil {
		return
	}
	s := strings.Trim(string(raw), `"`) // extensions come as strings from binary transports
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil || n < 1 || s[0] == '+' {
		p.fault("nth", catalogue.CodeRange, events.Text{ZH: "不小于 1 的整数", EN: "an integer of 1 or more"}, catalogue.Shorten(raw), events.Text{})
		return
	}
	p.nth = int(n)
	if p.nth > 1 && p.env.value[attrID] != nil {
		p.fault("nth", codeNotAllowed, events.Text{ZH: "nth 与 id 只能二选一", EN: "either an id or nth"}, catalogue.Shorten(raw), events.Text{
			ZH: "nth 用来区分没有 id 的相同事实", EN: "nth tells equal facts without an id apart"})
	}
}

func (p *preparation) checkSchema() {
	s, ok := p.text(attrDataschema)
	if !ok || p.typ == nil || string(s) == p.in.schemas[p.typ] {
		return
	}
	want := p.in.schemas[p.typ]
	p.fault("dataschema", catalogue.CodeEnum, events.Text{ZH: want, EN: want}, catalogue.Shorten(p.env.value[attrDataschema]), events.Text{
		ZH: "可以省略 dataschema", EN: "dataschema may be left out"})
}

func (p *preparation) checkContentType() {
	s, ok := p.text(attrDatacontenttype)
	if ok && !isJSONType(string(s)) {
		p.fault("datacontenttype", catalogue.CodeEnum, events.Text{ZH: "application/json", EN: "application/json"},
			catalogue.Shorten(p.env.value[attrDatacontenttype]), events.Text{ZH: "可以省略 datacontenttype", EN: "datacontenttype may be left out"})
	}
}

// checkForbidden refuses what no event from outside may carry.
func (p *preparation) checkForbidden() {
	for _, f := range [...]struct {
		a    attribute
		hint events.Text
	}{
		{attrPrincipal, events.Text{ZH: "由服务器按身份认证填写", EN: "the server writes who was authenticated"}},
		{attrSubject, events.Text{ZH: "把事件的对象写进 data", EN: "put what the event is about into data"}},
		{attrDataBase64, events.Text{ZH: "把数据写成 JSON 对象 data", EN: "give the data as a JSON object, data"}},
	} {
		if raw := p.env.value[f.a]; raw != nil {
			p.fault(attributeNames[f.a], codeNotAllowed, absent, catalogue.Shorten(raw), f.hint)
		}
	}
	p.checkNames()
}

// checkNames refuses attributes that no event has, and those given more than once.
func (p *preparation) checkNames() {
	p.wrong += p.env.beyond
	for _, name := range p.env.twice {
		p.fault(name, catalogue.CodeDuplicate, events.Text{ZH: "每个属性只出现一次", EN: "each attribute once"}, "", events.Text{})
	}
	for _, name := range p.env.unknown {
		if p.full() {
			continue
		}
		hint := events.Text{ZH: "事件的内容写进 data", EN: "put what the event says into data"}
		if near := events.Suggest(name, attributeNames[:attrNth+1]); near != "" {
			hint = didYouMean(name, []string{near})
		}
		p.fault(catalogue.Shorten([]byte(name)), catalogue.CodeUnknown, absent, "", hint)
	}
}

var absent = events.Text{ZH: "没有这个属性", EN: "no such attribute"}
