package events

// Lang is a language in which kaohe speaks.
type Lang string

// The languages of kaohe.
const (
	Chinese Lang = "zh"
	English Lang = "en"
)

// Text is a label in both languages of the product.
type Text struct {
	ZH string `json:"zh" yaml:"zh"`
	EN string `json:"en" yaml:"en"`
}

// In returns the text in the language, or the other one where it has none.
func (t Text) In(lang Lang) string {
	if lang == Chinese && t.ZH != "" || t.EN == "" {
		return t.ZH
	}
	return t.EN
}
