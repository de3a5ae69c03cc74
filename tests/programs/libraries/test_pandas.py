"""Shapes of frames and series that a program makes: those of pandas, or they are asked for."""

from __future__ import annotations

from contextlib import suppress

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.sizes import MODEL, run_code, total

BEFORE = """
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, LabelEncoder, StandardScaler
df = pd.DataFrame({'a': [1, 2, 3, 4], 'b': [5.0, 6.0, 7.0, 8.0], 'kind': ['x', 'y', 'x', 'z']})
numbers = pd.DataFrame(np.random.rand(50, 6), columns=list('abcdef'))
text = pd.Series(['good', 'bad', 'good'], name='mood')
"""
SIZES = {
    "sizes = [*df.shape, len(df), df.size, df.ndim, len(df.columns)]": (
        4, 3, 4, 12, 2, 3),
    "sizes = [*df[['a', 'b']].values.shape, *df['a'].shape, *df.a.values.shape]": (
        4, 2, 4, 4),
    "sizes = [*df.drop('kind', axis=1).shape, *df.drop(columns=['a', 'b']).shape, "
    "*df.drop(['a'], axis='columns').shape]": (
        4, 2, 4, 1, 4, 2),
    "df.drop('kind', axis=1, inplace=True); sizes = [*df.shape]": (
        4, 2),
    "y = df.pop('kind'); sizes = [*df.shape, len(y)]": (
        4, 2, 4),
    "del df['a']; sizes = [*df.shape]": (
        4, 2),
    "df['c'] = df['a'] * 2; df['a'] = 0; sizes = [*df.shape]": (
        4, 4),
    "df['c'] = df['a'].rolling(2).mean(); df['d'] = df.a.shift(1)\n"
    "df['e'] = df['b'].pct_change(); sizes = [*df.shape]": (
        4, 6),
    "sizes = [*df.reindex(columns=['a', 'new']).shape]": (
        4, 2),
    "parts = {k: np.array(v)[:, None] for k, v in df.items()}\n"
    "sizes = [len(parts), *parts['a'].shape]": (
        3, 4, 1),
    "df[['p', 'q']] = 0; sizes = [*df.shape]": (
        4, 5),
    "df.columns = ['x', 'y', 'z']\n"
    "sizes = [*df[['x', 'z']].shape, 1 + ('a' in df.columns), 1 + ('y' in df)]": (
        4, 2, 1, 2),
    "df.insert(0, 'first', 1); sizes = [*df.shape, 1 + df.columns.get_loc('a')]": (
        4, 4, 2),
    "new = df.rename(columns={'a': 'A'})\n"
    "sizes = [*new[['A', 'b']].shape, 1 + ('A' in df.columns)]": (
        4, 2, 1),
    "new = df; new['z'] = 1; sizes = [*df.shape]": (
        4, 4),
    "new = df.copy(); new['z'] = 1; sizes = [*df.shape, *new.shape]": (
        4, 3, 4, 4),
    "new = df.assign(z=1, w=lambda d: d.a); sizes = [*df.shape, *new.shape]": (
        4, 3, 4, 5),
    "sizes = [*df.iloc[:, :-1].shape, *df.iloc[:, -1].shape, *df.iloc[:2].shape, "
    "*df.iloc[1:, 0:1].values.shape]": (
        4, 2, 4, 2, 3, 3, 1),
    "sizes = [*df.iloc[:, [0, 2]].shape, *df.iloc[[0, 1]].shape, *df.iloc[0].shape, "
    "*df.iloc[:, 1:2].shape]": (
        4, 2, 2, 3, 3, 4, 1),
    "sizes = [*df.loc[:, 'a':'b'].shape, *df.loc[:2].shape, *df.loc[1:2, ['a', "
    "'b']].shape, *df.loc[:, 'kind'].shape]": (
        4, 2, 3, 3, 2, 2, 4),
    "sizes = [*df[1:3].shape, *df[:-1].shape, *df[::2].shape, *df.head(2).shape, "
    "*df.tail(3).shape, *df.head().shape]": (
        2, 3, 3, 3, 2, 3, 2, 3, 3, 3, 4, 3),
    "sizes = [*df.T.shape, *df.values.reshape(-1, 6).shape, *np.array(df).shape, "
    "*np.asarray(df)[:, :2].shape]": (
        3, 4, 2, 6, 4, 3, 4, 2),
    "sizes = [*np.asarray(numbers)[0].shape, *numbers.to_numpy()[:, 0].shape]": (
        6, 50),
    "sizes = [*pd.get_dummies(df['kind']).shape, *pd.get_dummies(df).shape, "
    "*pd.get_dummies(df, drop_first=True).shape]": (
        4, 3, 4, 5, 4, 4),
    "sizes = [*pd.get_dummies(df, columns=['a']).shape, *pd.get_dummies(df, "
    "columns=['a', 'kind'], prefix='p').shape]": (
        4, 6, 4, 8),
    "sizes = [len(pd.get_dummies(df['kind'], prefix='k').columns), pd.get_dummies(['a', "
    "'b', 'a']).shape[1]]": (
        3, 2),
    "sizes = [1 + ('kind_x' in pd.get_dummies(df).columns), "
    "1 + ('k_x' in pd.get_dummies(df.kind, prefix='k').columns)]": (
        2, 2),
    "both = pd.concat([df, pd.get_dummies(df['kind'])], axis=1); sizes = [*both.shape]": (
        4, 6),
    "sizes = [*pd.concat([df, df]).shape, *pd.concat([df, numbers], ignore_index=True).shape]": (
        8, 3, 54, 7),
    "sizes = [*pd.concat([df['a'], df['b']], axis=1).shape, *pd.concat([df['a'], "
    "df['b']]).shape]": (
        4, 2, 8),
    "sizes = [df['kind'].nunique(), len(df['kind'].unique()), "
    "len(df.kind.value_counts()), len(set(df['kind']))]": (
        3, 3, 3, 3),
    "sizes = [len(text), *text.shape, text.nunique(), len(text.tolist()), "
    "len(text.to_frame().columns)]": (
        3, 3, 2, 3, 1),
    "sizes = [len(pd.Series([1, 2, 3])), pd.Series(range(4)).shape[0], "
    "pd.Series(np.zeros(5)).size, len(pd.Series({'a': 1, 'b': 2}))]": (
        3, 4, 5, 2),
    "sizes = [*pd.DataFrame([[1, 2], [3, 4], [5, 6]]).shape, *pd.DataFrame([{'a': 1}, "
    "{'b': 2}]).shape]": (
        3, 2, 2, 2),
    "sizes = [*pd.DataFrame(np.zeros((5, 3))).shape, *pd.DataFrame(np.zeros(5)).shape, "
    "*pd.DataFrame([1, 2, 3], columns=['x']).shape]": (
        5, 3, 5, 1, 3, 1),
    "sizes = [*pd.DataFrame({'a': range(5), 'b': 1}).shape, *pd.DataFrame({'x': 1, "
    "'y': 2}, index=range(7)).shape]": (
        5, 2, 7, 2),
    "sizes = [*pd.DataFrame(df, columns=['a']).shape, *pd.DataFrame(text).shape, "
    "*pd.DataFrame({'m': text, 'n': text}).shape]": (
        4, 1, 3, 1, 3, 2),
    "sizes = [*pd.DataFrame.from_dict({'a': [1, 2], 'b': [3, 4]}).shape]": (
        2, 2),
    "e = pd.DataFrame(); e['a'] = [1, 2, 3]; e['b'] = 0; sizes = [*e.shape]": (
        3, 2),
    "e = pd.DataFrame(columns=['a', 'b']); sizes = [len(e) + 1, len(e.columns)]": (
        1, 2),
    "train = numbers.sample(frac=0.8, random_state=0)\n"
    "sizes = [*train.shape, *numbers.sample(7).shape, *numbers.sample(frac=1).shape]": (
        40, 6, 7, 6, 50, 6),
    "test = numbers.drop(numbers.sample(frac=0.8).index); sizes = [test.shape[1]]": (
        6,),
    "sizes = [*numbers.reset_index().shape, *numbers.reset_index(drop=True).shape, "
    "*numbers.set_index('a').shape, *numbers.set_index(['a', 'b']).shape]": (
        50, 7, 50, 6, 50, 5, 50, 4),
    "sizes = [*numbers.dropna(axis=0).shape[1:], *df.dropna().shape, "
    "*numbers.fillna(0).shape, *numbers.astype('float32').shape]": (
        6, 4, 3, 50, 6, 50, 6),
    "sizes = [*(numbers - numbers.mean()).shape, "
    "*((numbers - numbers.min()) / (numbers.max() - numbers.min())).shape, "
    "*(numbers / 255).shape]": (
        50, 6, 50, 6, 50, 6),
    "train = numbers[0:int(len(numbers) * 0.7)]\n"
    "norm = (train - train.mean()) / train.std()\n"
    "sizes = [*norm.shape, len(norm.columns)]": (
        35, 6, 6),
    "sizes = [*numbers.mean().shape, len(numbers.std()), *numbers.mean().values.shape]": (
        6, 6, 6),
    "sizes = [*numbers[numbers['a'] > 0.5].shape[1:], *numbers[['a', "
    "'b']][numbers.c > 2].shape[1:], *numbers.loc[numbers.a > 0.1, ['a', 'f']].shape[1:]]": (
        6, 2, 2),
    "sizes = [*train_test_split(numbers, test_size=0.2)[0].shape, "
    "len(train_test_split(df, df['a'], test_size=0.25)[2])]": (
        40, 6, 3),
    "X_train, X_test, y_train, y_test = train_test_split(numbers.drop('f', axis=1), "
    "numbers['f'], test_size=0.2)\n"
    "sizes = [len(X_train.columns), *X_train[['a']].shape, *y_test.shape, "
    "*X_train.values.shape]": (
        5, 40, 1, 10, 40, 5),
    "sizes = [*StandardScaler().fit_transform(numbers[['a', 'b']]).shape, "
    "*StandardScaler().fit_transform(df[['a']].values).shape]": (
        50, 2, 4, 1),
    "sizes = [*OneHotEncoder().fit_transform(df[['kind']]).toarray().shape, "
    "*OneHotEncoder().fit_transform(df[['kind', 'a']]).shape]": (
        4, 3, 4, 7),
    "sizes = [len(LabelEncoder().fit(df['kind']).classes_), "
    "*LabelEncoder().fit_transform(df.kind).shape, "
    "int(max(LabelEncoder().fit_transform(df['kind']))) + 1]": (
        3, 4, 3),
    "df['kind'] = LabelEncoder().fit_transform(df['kind'])\n"
    "sizes = [*df.shape, df['kind'].nunique(), int(df['kind'].max()) + 1]": (
        4, 3, 3, 3),
    "sizes = [len(df.columns[:-1]), len(df.columns.difference(['a'])), "
    "len(list(df.columns)), len(df.columns.tolist()), "
    "len([c for c in df.columns if c != 'a'])]": (
        2, 2, 3, 3, 2),
    "sizes = [len([c for c in df]), len(list(df)), len(dict(df)), *dict(df)['a'].shape, "
    "len(df.keys())]": (
        3, 3, 3, 4, 3),
    "df.columns = [c.upper() for c in df.columns]; sizes = [*df[['A', 'KIND']].shape]": (
        4, 2),
    "sizes = [*numbers.filter(['a', 'c', 'zz']).shape, "
    "*numbers[list(numbers.columns[1:3])].shape, *numbers[numbers.columns[1:]].shape]": (
        50, 2, 50, 2, 50, 5),
    "sizes = [len(df['a'][1:]), len(df['a'].iloc[:2]), len(df['a'].head(3)), "
    "int(df['a'][0]), int(df['a'].iloc[-1]), int(df['a'].sum())]": (
        3, 2, 3, 1, 4, 10),
    "s = df['a'] + df['b']\n"
    "sizes = [len(s), len(df['a'] * 2), len(df['a'] - df['a'].mean()), len(-df['a'])]": (
        4, 4, 4, 4),
    "df.loc[df['a'] > 2, 'new'] = 1; sizes = [*df.shape]": (
        4, 4),
    "df.loc[:, 'new'] = 1; sizes = [*df.shape]": (
        4, 4),
    "df.loc[df['a'] > 2, 'a'] = 1; sizes = [*df.shape]": (
        4, 3),
    "df.iloc[0, 0] = 9; sizes = [*df.shape]": (
        4, 3),
    "dates = pd.date_range('2020-01-01', periods=30)\n"
    "f = pd.DataFrame({'v': np.zeros(30)}, index=dates)\n"
    "sizes = [*f.shape, len(dates), len(f.index)]": (
        30, 1, 30, 30),
    "f = pd.DataFrame({'t': ['2020-01-01', '2020-01-02'], 'v': [1, 2]})\n"
    "f['t'] = pd.to_datetime(f['t']); f = f.set_index('t'); sizes = [*f.shape]": (
        2, 1),
    "f = pd.DataFrame({'t': ['2020-01-01', '2020-01-02'], 'v': [1, 2]})\n"
    "f.set_index('t', inplace=True); f.sort_index(inplace=True); sizes = [*f.shape]": (
        2, 1),
    "df.rename(columns={'a': 'A'}, inplace=True); df.fillna(0, inplace=True)\n"
    "df.reset_index(drop=True, inplace=True); sizes = [*df.shape, 1 + ('A' in df)]": (
        4, 3, 2),
    "df.dropna(inplace=True); sizes = [*df.shape]": (
        4, 3),
    "sizes = [len(pd.concat([numbers.shift(1), numbers], axis=1).columns), "
    "*pd.concat([numbers.shift(i) for i in range(3)], axis=1).shape]": (
        12, 50, 18),
    "agg = pd.concat([numbers.shift(1), numbers], axis=1)\n"
    "agg.columns = ['v%d' % i for i in range(12)]; agg.dropna(inplace=True)\n"
    "agg.drop(agg.columns[[7, 8]], axis=1, inplace=True)\n"
    "sizes = [agg.shape[1], agg.values[:, :-1].shape[1]]": (
        10, 9),
    "pair = pd.concat([df, df], axis=1)\n"
    "sizes = [*pair['a'].shape, *pair[['a']].shape, *pair.drop('a', axis=1).shape]": (
        4, 2, 4, 2, 4, 4),
    "sizes = [*numbers.rolling(5).mean().shape, *numbers.ewm(span=3).mean().shape, "
    "*numbers.diff().shape]": (
        50, 6, 50, 6, 50, 6),
    "x = np.array([numbers.values[i:i + 5] for i in range(10)]); sizes = [*x.shape]": (
        10, 5, 6),
    "x = np.array([numbers.iloc[i:i + 5].values for i in range(10)])\n"
    "sizes = [*x.shape]": (
        10, 5, 6),
    "x = np.array([numbers[i:i + 5] for i in range(10)]); sizes = [*x.shape]": (
        10, 5, 6),
    "x = np.array([numbers['a'].iloc[i:i + 5] for i in range(10)]); sizes = [*x.shape]": (
        10, 5),
    "sizes = [*np.array(df['a'].tolist()).shape, *np.stack([df['a'], df['b']], "
    "axis=1).shape, *np.column_stack([df.a, df.b]).shape, *np.expand_dims(df['a'], -1).shape]": (
        4, 4, 2, 4, 2, 4, 1),
    "sizes = [*numbers.values[:, :3].shape, "
    "*numbers[['a']].to_numpy().reshape(-1).shape, *np.reshape(numbers['a'].values, "
    "(-1, 1)).shape, *numbers.a.to_numpy()[:, None].shape]": (
        50, 3, 50, 50, 1, 50, 1),
    "def f(x, n): return x[['a', 'b']] if isinstance(x, "
    "pd.DataFrame) else x\nsizes = [*f(df, 1).shape, *f(df['a'], 1).shape]": (
        4, 2, 4),
    "ab = pd.DataFrame({'ab': [1, 2], 'cd': [3, 4]})\n"
    "sizes = [len(dict(ab)), *dict(ab)['ab'].shape]": (
        2, 2),
    "sizes = [*(numbers['a'] > 0.5).shape, *((numbers.a > 0) & (numbers.b < 2)).shape, "
    "*np.where(numbers.a > 0.5, 1, 0).shape, *np.log(numbers['a']).shape, "
    "*np.log(numbers).shape]": (
        50, 50, 50, 50, 50, 6),
    "df['a'].replace(1, 2, inplace=True); sizes = [*df.shape]": (
        4, 3),
    "f = pd.DataFrame({'x': [True, False], 'y': ['p', 'q']})\n"
    "sizes = [*pd.get_dummies(f).shape]": (
        2, 3),
    "f = pd.get_dummies(df['kind']); f['a'] = df['a']; sizes = [*f.shape]": (
        4, 4),
    "df['kind'] = df['kind'].astype('category').cat.codes; sizes = [*df.shape]": (
        4, 3),
    "[df.insert(0, c + '_2', df[c]) for c in list(df.columns)]; sizes = [*df.shape]": (
        4, 6),
    "sizes = [1 if c in df else 2 for c in ['a', 'zz']]": (
        1, 2),
    "x = df[['a']]; x['n'] = 1; sizes = [*df.shape, *x.shape]": (
        4, 3, 4, 2),
    "x = df.drop('a', axis=1); x['n'] = 1; sizes = [*df.shape, *x.shape]": (
        4, 3, 4, 3),
    "numbers.drop(numbers.columns[0], axis=1, inplace=True); sizes = [*numbers.shape]": (
        50, 5),
    "numbers.drop(['a', 'b'], axis=1, errors='ignore', inplace=True)\n"
    "sizes = [*numbers.shape]": (
        50, 4),
    "x = numbers.iloc[:, numbers.columns != 'a']; sizes = [x.shape[1]]": (
        5,),
    "x = numbers.loc[:, numbers.columns != 'a']; sizes = [x.shape[1]]": (
        5,),
    "x = numbers[numbers.columns.drop('a')]; sizes = [*x.shape]": (
        50, 5),
    "x = numbers.to_numpy(); y = numbers.values[:, -1]; sizes = [*x.shape, *y.shape]": (
        50, 6, 50),
    "n = numbers.shape[0]; k = int(n * 0.8); a, b = numbers[:k], numbers[k:]\n"
    "sizes = [*a.shape, *b.shape]": (
        40, 6, 10, 6),
    "a, b = numbers.iloc[:40], numbers.iloc[40:]; c = pd.concat((a, b), axis=0)\n"
    "sizes = [*c.shape]": (
        50, 6),
    "s = pd.Series([3, 1, 2]); s[0] = 9; sizes = [len(s), int(s[0])]": (
        3, 9),
    "s = pd.Series([3, 1, 2]).sort_values(); sizes = [len(s)]": (
        3,),
    "labels = pd.factorize(df['kind'])[0]; sizes = [len(labels)]": (
        4,),
    "codes, names = pd.factorize(df['kind']); sizes = [len(names)]": (
        3,),
    "m = df['a'].max() - df['a'].min(); sizes = [int(m)]": (
        3,),
    "f = numbers.sort_values('a'); sizes = [*f.loc[:3].shape[1:], *f.iloc[:3].shape]": (
        6, 3, 6),
    "f = numbers.sample(frac=0.5).reset_index(drop=True)\n"
    "sizes = [*f.shape, *f.loc[:3].shape]": (
        25, 6, 4, 6),
    "f = pd.DataFrame(np.zeros((3, 2))); f[2] = 1; f['x'] = 2\n"
    "sizes = [*f.shape, *f[[0, 2]].shape, *f.iloc[:, 1:].shape, *f.drop(0, axis=1).shape]": (
        3, 4, 3, 2, 3, 3, 3, 3),
    "f = pd.DataFrame(np.zeros((4, 2))); sizes = [*f[0].shape, *f[1:3].shape]": (
        4, 2, 2),
    "x = numbers.loc[:, ~numbers.columns.isin(['a', 'b'])]; sizes = [*x.shape]": (
        50, 4),
    "x = numbers.loc[:, numbers.columns.isin(['a', 'b'])]; sizes = [*x.shape]": (
        50, 2),
    "f = numbers.copy(); f.iloc[:, 0] = 1; f.iloc[0] = 0; sizes = [*f.shape]": (
        50, 6),
    "f = pd.DataFrame({'a': [1, 2], 'b': [3, 4]}, columns=['b']); sizes = [*f.shape]": (
        2, 1),
    "f = pd.DataFrame(numbers.values[:, :2], columns=['p', 'q'], index=numbers.index)\n"
    "sizes = [*f.shape]": (
        50, 2),
    "f = pd.DataFrame(StandardScaler().fit_transform(numbers), columns=numbers.columns)\n"
    "sizes = [*f.shape, *f[['a']].shape]": (
        50, 6, 50, 1),
    "f = pd.DataFrame(dict(zip('abc', [[1, 2]] * 3))); sizes = [*f.shape]": (
        2, 3),
    "f = pd.DataFrame({k: np.zeros(4) for k in ('u', 'v')}); sizes = [*f.shape]": (
        4, 2),
    "f = pd.DataFrame(list(zip([1, 2], [3, 4])), columns=['u', 'v'])\n"
    "sizes = [*f.shape]": (
        2, 2),
    "f = pd.DataFrame(np.hstack([numbers.values, numbers[['a']].values]))\n"
    "sizes = [*f.shape]": (
        50, 7),
    "df.at[0, 'new'] = 1; sizes = [*df.shape]": (
        4, 4),
    "df.at[0, 'a'] = 7; df.iat[0, 1] = 3; sizes = [*df.shape]": (
        4, 3),
    "f = pd.DataFrame({'x': df['a']}, index=[0, 1]); sizes = [*f.shape]": (
        2, 1),
    "f = pd.DataFrame(df, index=range(2)); sizes = [*f.shape]": (
        2, 3),
    "f = pd.concat([pd.Series([1, 2]), pd.Series([3, 4])], axis=1)\n"
    "sizes = [*f.shape, *f[[0, 1]].shape]": (
        2, 2, 2, 2),
    "f = pd.DataFrame(index=range(4), columns=['a', 'b']); sizes = [*f.shape]": (
        4, 2),
    "f = pd.DataFrame({'a': [1, 2, 3]}, index=['x', 'y', 'z']); f['b'] = [4, 5, 6]\n"
    "sizes = [*f.shape]": (
        3, 2),
    "f = pd.DataFrame({'a': 1, 'b': [1, 2]}); sizes = [*f.shape]": (
        2, 2),
    "x = numbers.drop(columns=numbers.columns[0]); sizes = [*x.shape]": (
        50, 5),
    "x = numbers.drop(numbers.columns[[0, 1]], axis=1); sizes = [*x.shape]": (
        50, 4),
    "x, y = numbers[numbers.columns[:-1]], numbers[numbers.columns[-1]]\n"
    "sizes = [*x.shape, *y.shape]": (
        50, 5, 50),
    "x = numbers[[c for c in numbers.columns if c not in ('a', 'b')]]\n"
    "sizes = [*x.shape]": (
        50, 4),
    "x = numbers[['a', 'b']].copy(); x.columns = ['p', 'q']; sizes = [*x[['p']].shape]": (
        50, 1),
    "import copy; x = copy.deepcopy(df); x['n'] = 1; sizes = [*df.shape, *x.shape]": (
        4, 3, 4, 4),
    "for col in ['a', 'b']: df[col + '_z'] = df[col].shift(1); sizes = [*df.shape]": (
        4, 5),
    "for i in range(3): numbers['lag%d' % i] = numbers['a'].shift(i); sizes = "
    "[*numbers.shape]": (
        50, 9),
}  # fmt: skip
NOT_DECIDED = {  # as pandas has them
    "s = df['a'][:3] + df['b'][1:]; sizes = [len(s)]": (
        4,),
    "s = df['a'] + numbers['a']; sizes = [len(s)]": (
        50,),
    "both = pd.concat([df, numbers], axis=1); sizes = [*both.shape]": (
        50, 9),
    "f = pd.DataFrame({'x': df['a'], 'y': numbers['a']}); sizes = [*f.shape]": (
        50, 2),
    "df.loc[len(df)] = [1, 2.0, 'q']; sizes = [*df.shape]": (
        5, 3),
    "df.loc[9, 'new'] = 1; sizes = [*df.shape]": (
        5, 4),
    "df.drop([0, 1], inplace=True); sizes = [*df.shape]": (
        2, 3),
    "df.drop_duplicates(inplace=True); sizes = [*df.shape]": (
        4, 3),
    "df.eval('c = a + b', inplace=True); sizes = [*df.shape]": (
        4, 4),
    "g = df.groupby('kind').mean(numeric_only=True); sizes = [*g.shape]": (
        3, 2),
    "g = df.merge(df, on='a'); sizes = [*g.shape]": (
        4, 5),
    "s = df['a']; s[7] = 3; sizes = [len(s)]": (
        5,),
    "s = text; s = s.drop(0); sizes = [len(s)]": (
        2,),
    "f = pd.DataFrame({'x': [1, None, 3]})\n"
    "sizes = [len(f.dropna()), f['x'].nunique(), len(f['x'].dropna())]": (
        2, 2, 2),
    "f = pd.DataFrame({'x': ['a', None, 'b']})\n"
    "sizes = [*pd.get_dummies(f).shape, *pd.get_dummies(f['x']).shape]": (
        3, 2, 3, 2),
    "df['kind'] = df['kind'].map({'x': 0, 'y': 1, 'z': 2})\n"
    "sizes = [*pd.get_dummies(df).shape]": (
        4, 3),
    "df['kind'] = pd.Categorical(df['kind'])\n"
    "sizes = [*pd.get_dummies(df['kind']).shape]": (
        4, 3),
    "x = df.select_dtypes(include='number'); sizes = [*x.shape]": (
        4, 2),
    "x = df.apply(lambda r: r['a'], axis=1); sizes = [len(x)]": (
        4,),
    "c = pd.concat([numbers.iloc[:40], numbers.iloc[40:]], axis=1); sizes = [*c.shape]": (
        50, 12),
    "s = pd.Series([1, 2, 3], index=['a', 'b', 'c']); s['d'] = 4; sizes = [len(s)]": (
        4,),
    "w = numbers['a'].rolling(window=3).mean().dropna(); sizes = [len(w)]": (
        48,),
    "f = pd.DataFrame({'a': [1, 2]}, index=[5, 6])\n"
    "sizes = [*f.shape, *f.loc[5:6].shape]": (
        2, 1, 2, 1),
    "f = pd.DataFrame(np.zeros((3, 2)), index=[2, 1, 0]); sizes = [*f.loc[1:].shape]": (
        2, 2),
    "s = pd.Series([1, 2, 3]); s[1] = 7; s[9] = 1; sizes = [len(s)]": (
        4,),
    "s = numbers['a'].sample(frac=1).reset_index(drop=True); sizes = [len(s)]": (
        50,),
    "numbers.index = range(50); numbers.index.name = 'i'\n"
    "sizes = [*numbers.reset_index().shape]": (
        50, 7),
    "f = numbers.join(pd.get_dummies(numbers['a'] > 1)); sizes = [f.shape[0]]": (
        50,),
    "df.at[9, 'a'] = 7; sizes = [*df.shape]": (
        5, 3),
    "sizes = [2 if 5 in pd.Series([5, 6]) else 3]": (
        3,),
    "f = numbers; f = f.dropna(axis=1); sizes = [f.shape[0]]": (
        50,),
    "x = numbers.iloc[:, 0:3].join(numbers['f']); sizes = [x.shape[0]]": (
        50,),
}  # fmt: skip


@pytest.mark.parametrize(("code", "sizes"), SIZES.items())
def test_sizes_are_followed(code, sizes):
    program = f"{BEFORE}{code}\n{MODEL}"
    assert infer(read_python(program.encode())).total_params == total(list(sizes))


@pytest.mark.parametrize(("code", "sizes"), (SIZES | NOT_DECIDED).items())
def test_sizes_are_those_of_pandas(code, sizes):
    pytest.importorskip("pandas")
    pytest.importorskip("sklearn")
    assert run_code(BEFORE + code) == list(sizes)


@pytest.mark.parametrize(("code", "sizes"), NOT_DECIDED.items())
def test_sizes_that_are_not_decided_are_not_counted(code, sizes):
    with suppress(LstmcountError):
        total_params = infer(read_python(f"{BEFORE}{code}\n{MODEL}".encode())).total_params
        assert not isinstance(total_params, int)


MODEL_ON = """
import keras
import tensorflow as tf
model = keras.Sequential([keras.layers.Dense(3)])
y = df['a']
"""
FITTED = {
    "model.fit(df[['a', 'b']], y)": 3 * 2 + 3,
    "model.fit(numbers.values, numbers['a'].values)": 3 * 6 + 3,
    "model.fit(tf.data.Dataset.from_tensor_slices((numbers.values, numbers.a.values)).batch(4))": (
        3 * 6 + 3
    ),
    "ds = tf.data.Dataset.from_tensor_slices((numbers, numbers['a'])).batch(4)\nmodel.fit(ds)": 21,
    "ds = tf.data.Dataset.from_tensor_slices((dict(numbers), numbers['a'])).batch(4)\n"
    "x, y = next(iter(ds))\nmodel.build((None, len(x)))": 21,
    "model.build((None, pd.get_dummies(df).shape[1]))": 3 * 5 + 3,
}


@pytest.mark.parametrize(("fitting", "count"), FITTED.items())
def test_models_are_built_for_frames(fitting, count):
    program = f"{BEFORE}{MODEL_ON}{fitting}\n"
    assert infer(read_python(program.encode())).total_params == count


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        ("pd.read_csv('x.csv')", "f.shape[1]"),
        ("pd.get_dummies(pd.read_csv('x.csv')['kind'])", "f.shape[1]"),
        ("pd.DataFrame(load())", "f.shape[1]"),
        ("df.merge(load())", "f.shape[1]"),
        ("pd.get_dummies(numbers.astype(str))", "f.shape[1]"),
    ],
)
def test_the_columns_of_unknown_frames_are_asked_for(data, asked):
    program = f"{BEFORE}from elsewhere import load\nimport keras\nf = {data}\n"
    program += "model = keras.Sequential([keras.Input((f.shape[1],)), keras.layers.Dense(3)])\n"
    notes = [note for note in infer(read_python(program.encode())).notes if "--set" in note]
    assert len(notes) == 1
    assert f"--set '{asked}=" in notes[0]
    config = read_python(program.encode(), settings={asked: 8})
    assert infer(config).total_params == 27


def test_the_columns_of_a_frame_of_unknown_rows_are_known():
    program = f"{BEFORE}from elsewhere import load\nimport keras\n"
    program += "f = pd.DataFrame(load(), columns=['p', 'q']).dropna()\n"
    program += "model = keras.Sequential([keras.Input((f.shape[1],)), keras.layers.Dense(3)])\n"
    assert infer(read_python(program.encode())).total_params == 9


# Of columns that are chosen of an unknown table: code, and the units that it gives.
CHOSEN = {
    "a method in a try": (
        "try:\n    f = load()[['p', 'q']].dropna()\n    n = 8\nexcept KeyError: n = 4",
        "n",
        8,
    ),
    "its width": (
        "f = load()[['p', 'q']].reset_index(drop=True).drop('p', axis=1)",
        "f.shape[1]",
        1,
    ),
    "its class": ("f = load()[['p', 'q']]", "8 if isinstance(f, pd.DataFrame) else 4", 8),
    "an attribute": ("f = load()[['p', 'q']]", "8 if hasattr(f, 'columns') else 4", 8),
}


@pytest.mark.parametrize(("code", "units", "number"), CHOSEN.values(), ids=CHOSEN)
def test_columns_of_an_unknown_table_are_a_frame(code, units, number):
    program = f"{BEFORE}from elsewhere import load\nimport keras\n{code}\n"
    program += f"model = keras.Sequential([keras.Input((1,)), keras.layers.Dense({units})])\n"
    for settings in ({}, {"try: load()": True}):
        with suppress(LstmcountError):  # whether the call works is asked for
            assert (
                infer(read_python(program.encode(), settings=settings)).total_params == 2 * number
            )
            return
    pytest.fail("it is not counted")


def test_whether_an_array_is_one_of_numpy_is_asked_for_by_the_question_itself():
    program = f"{BEFORE}from elsewhere import load\nimport keras\nf = load()[['p', 'q']].values\n"
    program += "n = 8 if isinstance(f, np.ndarray) else 4\n"
    program += "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(n)])\n"
    with pytest.raises(LstmcountError, match=r"--set 'isinstance\(f, np\.ndarray\)=true'"):
        read_python(program.encode())
    setting = {"isinstance(f, np.ndarray)": True}
    assert infer(read_python(program.encode(), settings=setting)).total_params == 16
