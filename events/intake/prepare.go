package intake

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/catalogue"
)

// MaxRaw is the largest event in bytes as it may come in; its canonical form is bounded by [events.MaxEvent].
const MaxRaw = 1 << 20

// preparation is one event being made canonical. Faults gather, so that the sender sees all of them at once, up to a
// number that keeps the answer readable.
type preparation struct {
	in     *Intake
	by     access.Principal // who sends it
	env    envelope
	faults []catalogue.Fault // the first of them
	list   int               // how many are listed at most
	wrong  int               // how many there are

	typ     *catalogue.Type
	day     events.Day // 0 unless the time is good
	dayGood bool
	data    *catalogue.Data // nil unless good
	nth     int
	event   events.Event
	derived bool           // the id comes from the content, so that equal content is one event
	denied  *access.Denial // what its sender may not do
}

// Prepare turns one structured CloudEvent into a canonical event, or refuses it. It writes nothing.
//
// An event must have specversion, type, time and data. A missing org is the default one, or that of the sender if it may not
// touch the default one; a missing source is "kaohe:<org>". A missing id is derived: "k1-" from the fields that identify the occurrence by the type's schema, if the
// event has them all, else "h1-" from the content; nth, an attribute that is not kept, tells equal facts apart. The time
// may be a bare date; it is kept in the plan's zone, without fractions of a second. Attributes that only the transport
// needs are dropped (datacontenttype, traceparent, tracestate); any other is refused.
func (in *Intake) Prepare(raw []byte) (events.Event, *Refusal) {
	p := preparation{in: in, by: access.Local, list: maxFaults}
	refusal := p.run(raw)
	return p.event, refusal
}

func (p *preparation) run(raw []byte) *Refusal {
	if len(raw) > MaxRaw {
		return tooLarge(len(raw), MaxRaw, events.Text{ZH: "提交的事件", EN: "the event as sent"})
	}
	if err := p.env.scan(raw); err != nil {
		return notJSON(raw, err)
	}
	p.readType()
	p.readAttributes()
	if p.typ == nil {
		return p.refuse(CodeUnknownType)
	}
	if !p.in.takes(p.typ) {
		return controlRefusal(p.typ)
	}
	if refused := p.checkScope(); refused != nil {
		return refused
	}
	p.readData()
	p.checkUnsaid()
	p.checkMeaning()
	if p.wrong > 0 {
		return p.refuse(CodeInvalid)
	}
	p.event.Principal = p.by.Name
	p.event.Schema = p.in.schemas[p.typ]
	p.event.Data = p.data.WithDefaults()
	return p.identify()
}

// refuse makes the refusal from the faults. Its text is the first of them, and how many more there are.
func (p *preparation) refuse(code string) *Refusal {
	first := p.faults[0]
	if code == CodeUnknownType {
		for _, f := range p.faults {
			if f.Field == "type" {
				first = f
			}
		}
	}
	t := events.Text{ZH: first.In(events.Chinese), EN: first.In(events.English)}
	if more := p.wrong - 1; more > 0 {
		t.ZH += fmt.Sprintf("(另有 %d 处错误)", more)
		t.EN += fmt.Sprintf(" (and %d more)", more)
	}
	return &Refusal{Code: code, Text: t, Faults: p.faults}
}

func tooLarge(size, limit int, what events.Text) *Refusal {
	return &Refusal{Code: CodeTooLarge, Text: events.Text{
		ZH: fmt.Sprintf("%s有 %d 字节,上限为 %d 字节", what.ZH, size, limit),
		EN: fmt.Sprintf("%s has %d bytes, at most %d are allowed", what.EN, size, limit),
	}}
}

func notJSON(raw []byte, err error) *Refusal {
	if errors.Is(err, errNotObject) {
		return &Refusal{Code: CodeNotJSON, Text: events.Text{
			ZH: "事件必须是 JSON 对象,收到的是 " + catalogue.Shorten(raw), EN: "an event must be a JSON object, got " + catalogue.Shorten(raw),
		}}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &Refusal{Code: CodeNotJSON, Text: events.Text{ZH: "不是合法的 JSON:文本不完整", EN: "not JSON: the text ends too early"}}
	}
	reason := err.Error()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		reason = syntax.Err.Error()
		line, column := place(raw, int(syntax.ByteOffset))
		return &Refusal{Code: CodeNotJSON, Text: events.Text{
			ZH: fmt.Sprintf("不是合法的 JSON:第 %d 行第 %d 列:%s", line, column, reason),
			EN: fmt.Sprintf("not JSON: line %d, column %d: %s", line, column, reason),
		}}
	}
	return &Refusal{Code: CodeNotJSON, Text: events.Text{ZH: "不是合法的 JSON:" + reason, EN: "not JSON: " + reason}}
}
