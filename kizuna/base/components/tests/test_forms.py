"""Forms draw label, hint and error at the field, and say on top what to correct."""

import pytest
from django import forms
from django.template import engines
from django.utils import translation


class ShopForm(forms.Form):
    shop = forms.CharField(label="お店の名前", help_text="プロフィールに <表示> されます。")
    size = forms.ChoiceField(label="大きさ", choices=[("s", "小")], widget=forms.RadioSelect)
    note = forms.CharField(label="ひとこと", required=False, widget=forms.Textarea)
    terms = forms.BooleanField(label="同意します")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture(autouse=True)
def _japanese():
    with translation.override("ja"):
        yield


def test_a_field_is_named_hinted_and_dressed():
    drawn = ShopForm()["shop"].as_field_group()
    assert '<label for="id_shop">お店の名前</label>' in drawn
    assert 'class="input"' in drawn
    assert 'aria-describedby="id_shop_helptext"' in drawn
    assert 'id="id_shop_helptext">プロフィールに &lt;表示&gt; されます。' in drawn


def test_an_error_stands_at_its_field_and_keeps_the_value():
    form = ShopForm({"shop": "", "note": "残る文"})
    drawn = form["shop"].as_field_group()
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_shop_error"' in drawn
    assert "入力してください。" in drawn
    assert "id_shop_error" in drawn.split('aria-describedby="')[1].split('"')[0]
    assert "残る文" in form["note"].as_field_group()


def test_a_group_of_choices_is_a_fieldset_with_legend():
    drawn = ShopForm({})["size"].as_field_group()
    assert "<legend>大きさ</legend>" in drawn
    assert '<label class="opt" for="id_size_0">' in drawn
    assert "選んでください。" in drawn


def test_a_checkbox_has_its_label_behind_it_and_its_own_words():
    drawn = ShopForm({})["terms"].as_field_group()
    assert drawn.index("<input") < drawn.index("同意します")
    assert "チェックを入れてください。" in drawn


def test_a_field_that_may_stay_empty_says_so():
    assert "任意" in ShopForm()["note"].as_field_group()
    assert "任意" not in ShopForm()["shop"].as_field_group()


def test_the_whole_form_counts_its_errors_and_leads_to_the_fields():
    drawn = str(ShopForm({}))
    assert "3か所" in drawn
    assert 'href="#id_shop"' in drawn
    assert 'role="alert"' in drawn
    assert drawn.count('type="hidden"') == 1


def test_a_form_without_errors_has_no_summary():
    assert 'role="alert"' not in str(ShopForm())


def test_the_editor_is_a_named_textarea_without_scripts():
    template = engines["django"].from_string(
        '{% include "kizuna/_editor.html" with field=form.note submit_label="投稿" context="topic:1" only %}'
    )
    drawn = template.render({"form": ShopForm({"note": "<書いた文>"})})
    assert '<textarea id="id_note" name="note"' in drawn
    assert "\n&lt;書いた文&gt;</textarea>" in drawn
    assert '<label class="vh" for="id_note">ひとこと</label>' in drawn
    assert 'data-context="topic:1"' in drawn


def test_the_editor_works_without_a_form_field():
    template = engines["django"].from_string('{% include "kizuna/_editor.html" with id="body" label="本文" only %}')
    drawn = template.render({})
    assert '<textarea id="body" name="body"' in drawn
    assert "data-upload-url" not in drawn
