package intake

import (
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/catalogue"
)

// Types of control events beside those that package events names.
const (
	typeNil    = "NilReported"
	typeClosed = "PeriodClosed"
	typePlan   = "PlanActivated"
)

// amends reports whether a type acts upon another event.
func amends(typ string) bool { return typ == events.TypeVoided || typ == events.TypeCorrected }

// completed reports whether the writer completes events of a type by what stands before them. Each has a commit of its own.
func completed(typ string) bool { return amends(typ) || typ == typeClosed }

// Fields that the writer fills in and nobody else. Of a void or correction: where the target stands, the version that is
// replaced, and the one that replaces it: whoever reads the event alone sees what it did, and the fold need not know how
// patches become good events. Of a closing: the day up to which facts count, what is handed in, the last commit that was
// counted, and the plan by which that was done.
var (
	amendedFields = []string{"target", "was", "now"}
	closedFields  = []string{"as_of", "scorecard", "position", "plan"}
)

func completedFields(typ string) []string {
	if typ == typeClosed {
		return closedFields
	}
	return amendedFields
}

// takes reports whether events of a type may come from outside.
func (in *Intake) takes(t *catalogue.Type) bool {
	return Sendable(t) && (t.Name != typeClosed || in.Close != nil)
}

// controlRefusal says why a control event is not for the sender to send.
func controlRefusal(t *catalogue.Type) *Refusal {
	switch t.Name {
	case typePlan:
		return refusal(CodeControl, "%s 由系统在启用新方案时自行记录,不接受提交;要更换方案,请以新方案重新启动服务",
			"%s is recorded by the server itself when it starts with another plan, and sent by nobody; to change the plan start the server with the new one", t.Name)
	case typeClosed:
		return refusal(CodeControl, "%s:这个入口不计算指标,不能锁定报告期", "%s: this intake draws up no figures, so that it cannot close a period", t.Name)
	}
	return refusal(CodeControl, "%s 是控制事件,这个入口不接收", "%s is a control event that this intake does not record", t.Name)
}

// checkUnsaid refuses control events that come with what only the intake can say.
func (p *preparation) checkUnsaid() {
	if p.data == nil || !completed(p.typ.Name) {
		return
	}
	members := map[string]jsontext.Value{}
	if json.Unmarshal(p.data.JSON(), &members) != nil {
		return // cannot be: it is canonical
	}
	for _, name := range completedFields(p.typ.Name) {
		if v, given := members[name]; given {
			p.fault("data."+name, codeNotAllowed, absent, catalogue.Shorten(v),
				events.Text{ZH: "由系统填写", EN: "it is filled in when the event is recorded"})
		}
	}
}

// asSent returns a recorded control event as it was sent: with the data that came, without what the writer filled in.
func asSent(e events.Event) events.Event {
	members := map[string]jsontext.Value{}
	if !completed(e.Type) || json.Unmarshal(e.Data, &members) != nil {
		return e
	}
	for _, name := range completedFields(e.Type) {
		delete(members, name)
	}
	if data, err := canonical(members); err == nil {
		e.Data = data
	}
	return e
}

// canonical writes a value as RFC 8785 does.
func canonical(v any) (jsontext.Value, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	value := jsontext.Value(raw)
	return value, value.Canonicalize()
}
